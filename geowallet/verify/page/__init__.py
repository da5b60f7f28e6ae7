"""The page that verifies a dropped file in a browser: its parts, put together by `app`."""
