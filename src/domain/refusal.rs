//! Why an event of another system was refused, before it had any effect.

codes! {
    /// Why.
    pub enum Reason {
        /// It carries no signature, or one that cannot be read.
        Unsigned = "unsigned",
        /// Its timestamp is too far from our clock.
        Stale = "stale",
        /// Its signature fits no secret in use.
        Signature = "signature",
        /// It is too large to be read.
        Size = "size",
        /// It came in none of the forms in which events come.
        MediaType = "media_type",
        /// It is no event.
        Unreadable = "unreadable",
        /// Its id was used before with other contents.
        Conflict = "conflict",
        /// A field of its data cannot be used.
        Data = "data",
    }
}

impl Reason {
    /// Whether the signature had been checked: then it is the other system's, and what it claims is to be believed.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::MediaType | Self::Unreadable | Self::Conflict | Self::Data)
    }

    /// The HTTP status that answers it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unsigned | Self::Stale | Self::Signature => 401,
            Self::Conflict => 409,
            Self::Size => 413,
            Self::MediaType => 415,
            Self::Unreadable | Self::Data => 422,
        }
    }
}
