"""Admission: who may have an account, one function a thing a user can ask for."""
