"""What people and pipelines write, in the project's own words."""
