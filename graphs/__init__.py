"""How the agents are wired into one LangGraph state machine."""
