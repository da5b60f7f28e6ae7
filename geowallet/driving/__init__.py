"""How a car was driven, as far as positions tell: events, exposure, a published score."""
