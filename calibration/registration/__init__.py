"""Registration (建档立卡) exports: reading, checking, importing them, and imitating them."""
