"""Screenshots of real shops, labelled by eye, and how well the screen reader reads them."""
