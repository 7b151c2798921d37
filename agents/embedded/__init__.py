"""The embedded language model: understands requests, plans tool calls and phrases replies with no network."""
