//! One story per aggregate, told to both engines.
