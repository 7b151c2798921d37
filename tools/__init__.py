"""What the planner may call: validation, retrieval, next-item prediction, re-ranking, bundles, comparison."""
