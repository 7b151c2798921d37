"""Who acts: capture, summarizer, planner and responder, each with an embedded and a remote model."""
