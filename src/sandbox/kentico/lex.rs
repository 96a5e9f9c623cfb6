//! GraphQL text to tokens with their places (October 2021 specification, section 2.1).

use super::fault::Fault;

/// Line and column, from 1.
pub(super) type Position = (usize, usize);

/// The smallest pieces. Commas, white space and comments are none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Punctuation(char),
    Spread,
    Name(String),
    Number(String),
    Text(String),
    End,
}

/// All tokens of a text, `End` last.
pub(super) fn lex(text: &str) -> Result<Vec<(Token, Position)>, Fault> {
    let mut lexer = Lexer { rest: text.trim_start_matches('\u{feff}'), line: 1, column: 1 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.token()?;
        let end = token.0 == Token::End;
        tokens.push(token);
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Lexer<'a> {
    fn bump(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        for c in taken.chars() {
            if c == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.rest = rest;
        taken
    }

    fn run(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        self.bump(end)
    }

    fn token(&mut self) -> Result<(Token, Position), Fault> {
        loop {
            self.run(|c| c.is_whitespace() || c == ',');
            if !self.rest.starts_with('#') {
                break;
            }
            self.run(|c| c != '\n');
        }
        let at = (self.line, self.column);
        let token = match self.rest.chars().next() {
            None => Token::End,
            Some('.') if self.rest.starts_with("...") => {
                self.bump(3);
                Token::Spread
            }
            Some('"') => Token::Text(self.text(at)?),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => Token::Name(self.run(|c| c.is_ascii_alphanumeric() || c == '_').to_owned()),
            Some(c) if c.is_ascii_digit() || c == '-' => {
                Token::Number(self.run(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')).to_owned())
            }
            Some(c) if "!$&()[]{}:=@|".contains(c) => {
                self.bump(1);
                Token::Punctuation(c)
            }
            Some(c) => return Err(Fault::syntax(&format!("Unexpected character `{c}`."), at)),
        };
        Ok((token, at))
    }

    /// A quoted string, or a block string between triple quotes (its common indent is kept; nothing here needs it gone).
    fn text(&mut self, at: Position) -> Result<String, Fault> {
        let open = || Fault::syntax("The string is not closed.", at);
        if self.rest.starts_with("\"\"\"") {
            self.bump(3);
            let end = self.rest.find("\"\"\"").ok_or_else(open)?;
            let text = self.bump(end).to_owned();
            self.bump(3);
            return Ok(text);
        }
        let mut escaped = false;
        let closing = self.rest.char_indices().skip(1).find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes || *c == '\n'
        });
        let (end, _) = closing.filter(|(_, c)| *c == '"').ok_or_else(open)?;
        // GraphQL's escapes are JSON's.
        serde_json::from_str(self.bump(end + 1)).map_err(|_| Fault::syntax("The string has an unknown escape.", at))
    }
}
