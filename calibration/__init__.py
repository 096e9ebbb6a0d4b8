"""Registration data in; the starting population and fitted parameters out."""
