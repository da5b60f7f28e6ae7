"""What cars, their adapters and shared fleets write."""
