"""The HTTP surface: the API, the web chat, the widget, the OpenAI-compatible endpoint and MCP."""
