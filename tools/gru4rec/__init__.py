"""GRU4Rec, the recurrent next-item model, written from the papers of Hidasi et al."""
