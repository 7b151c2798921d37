"""What in a text is personal: numbers and addresses by their form, labels and greetings by the words of five languages."""
