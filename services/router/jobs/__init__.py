"""The router's periodic jobs and what operators have it do."""
