"""What a user can ask for, one function each; every face calls only these."""
