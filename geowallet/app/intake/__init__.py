"""Files into the wallet: named, read, judged, asked about, stored."""
