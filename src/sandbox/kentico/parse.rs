//! GraphQL query documents: text to tree (October 2021 specification, section 2, executable definitions only).

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::fault::Fault;
use super::lex::{Position, Token, lex};

/// A parsed document.
pub(super) struct Document {
    pub(super) operations: Vec<Operation>,
    pub(super) fragments: BTreeMap<String, Fragment>,
}

/// A query; mutations and subscriptions are parsed so that they can be refused.
pub(super) struct Operation {
    pub(super) kind: String,
    pub(super) name: Option<String>,
    pub(super) variables: Vec<Variable>,
    pub(super) selection: Vec<Selection>,
}

/// A declared variable.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) ty: TypeRef,
    pub(super) default: Option<Value>,
}

/// A type as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeRef {
    Named(String),
    List(Box<TypeRef>),
    Required(Box<TypeRef>),
}

/// A named fragment.
pub(super) struct Fragment {
    pub(super) on: String,
    pub(super) selection: Vec<Selection>,
}

/// One entry of a selection set.
pub(super) enum Selection {
    Field(Field),
    Spread { name: String, directives: Vec<Directive>, at: Position },
    Inline { on: Option<String>, directives: Vec<Directive>, selection: Vec<Selection>, at: Position },
}

/// A field that is asked for.
pub(super) struct Field {
    pub(super) alias: Option<String>,
    pub(super) name: String,
    pub(super) arguments: Vec<(String, Value)>,
    pub(super) directives: Vec<Directive>,
    pub(super) selection: Vec<Selection>,
    pub(super) at: Position,
}

impl Field {
    /// The key in the reply.
    pub(super) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

/// `@include` or `@skip`.
pub(super) struct Directive {
    pub(super) name: String,
    pub(super) arguments: Vec<(String, Value)>,
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Variable(String),
    Enum(String),
    Json(Json),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// Parses a document.
pub(super) fn parse(text: &str) -> Result<Document, Fault> {
    let mut parser = Parser { tokens: lex(text)?, next: 0, depth: 0 };
    let mut document = Document { operations: Vec::new(), fragments: BTreeMap::new() };
    loop {
        match parser.peek().clone() {
            Token::End if document.operations.is_empty() => return Err(parser.unexpected("an operation")),
            Token::End => return Ok(document),
            Token::Name(word) if word == "fragment" => {
                let (name, fragment) = parser.fragment()?;
                document.fragments.insert(name, fragment);
            }
            _ => document.operations.push(parser.operation()?),
        }
    }
}

/// How deep lists, objects and selections may nest before the text is refused.
const MAX_NESTING: usize = 64;

struct Parser {
    tokens: Vec<(Token, Position)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)].0
    }

    fn at(&self) -> Position {
        self.tokens[self.next.min(self.tokens.len() - 1)].1
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.peek() {
            Token::End => "EndOfFile".to_owned(),
            Token::Punctuation(c) => c.to_string(),
            Token::Spread => "...".to_owned(),
            Token::Name(word) | Token::Number(word) | Token::Text(word) => word.clone(),
        };
        Fault::syntax(&format!("Expected {wanted}, but found `{found}`."), self.at())
    }

    fn eat(&mut self, c: char) -> bool {
        let there = *self.peek() == Token::Punctuation(c);
        self.next += usize::from(there);
        there
    }

    fn expect(&mut self, c: char) -> Result<(), Fault> {
        if self.eat(c) { Ok(()) } else { Err(self.unexpected(&format!("a `{c}`-token"))) }
    }

    fn name(&mut self) -> Result<String, Fault> {
        match self.peek().clone() {
            Token::Name(word) => {
                self.next += 1;
                Ok(word)
            }
            _ => Err(self.unexpected("a `Name`-token")),
        }
    }

    fn operation(&mut self) -> Result<Operation, Fault> {
        if *self.peek() == Token::Punctuation('{') {
            return Ok(Operation { kind: "query".to_owned(), name: None, variables: Vec::new(), selection: self.selection()? });
        }
        let kind = self.name()?;
        if !matches!(kind.as_str(), "query" | "mutation" | "subscription") {
            self.next -= 1;
            return Err(self.unexpected("an operation or a fragment"));
        }
        let name = matches!(self.peek(), Token::Name(_)).then(|| self.name()).transpose()?;
        let mut variables = Vec::new();
        if self.eat('(') {
            while !self.eat(')') {
                self.expect('$')?;
                let name = self.name()?;
                self.expect(':')?;
                let ty = self.type_ref()?;
                let default = if self.eat('=') { Some(self.value()?) } else { None };
                variables.push(Variable { name, ty, default });
            }
        }
        Ok(Operation { kind, name, variables, selection: self.selection()? })
    }

    fn type_ref(&mut self) -> Result<TypeRef, Fault> {
        let inner = if self.eat('[') {
            let item = self.type_ref()?;
            self.expect(']')?;
            TypeRef::List(Box::new(item))
        } else {
            TypeRef::Named(self.name()?)
        };
        Ok(if self.eat('!') { TypeRef::Required(Box::new(inner)) } else { inner })
    }

    fn fragment(&mut self) -> Result<(String, Fragment), Fault> {
        self.next += 1;
        let name = self.name()?;
        match self.take() {
            Token::Name(word) if word == "on" => {}
            _ => {
                self.next -= 1;
                return Err(self.unexpected("an `on`-keyword"));
            }
        }
        let on = self.name()?;
        Ok((name, Fragment { on, selection: self.selection()? }))
    }

    fn selection(&mut self) -> Result<Vec<Selection>, Fault> {
        self.nested(|parser| {
            parser.expect('{')?;
            let mut entries = Vec::new();
            while !parser.eat('}') {
                entries.push(parser.entry()?);
            }
            if entries.is_empty() { Err(parser.unexpected("a field")) } else { Ok(entries) }
        })
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(Fault::syntax("The document nests too deeply.", self.at()));
        }
        let done = read(self);
        self.depth -= 1;
        done
    }

    fn entry(&mut self) -> Result<Selection, Fault> {
        let at = self.at();
        if *self.peek() == Token::Spread {
            self.next += 1;
            return match self.peek().clone() {
                Token::Name(word) if word != "on" => {
                    self.next += 1;
                    Ok(Selection::Spread { name: word, directives: self.directives()?, at })
                }
                other => {
                    let on = if other == Token::Name("on".to_owned()) {
                        self.next += 1;
                        Some(self.name()?)
                    } else {
                        None
                    };
                    Ok(Selection::Inline { on, directives: self.directives()?, selection: self.selection()?, at })
                }
            };
        }
        let first = self.name()?;
        let (alias, name) = if self.eat(':') { (Some(first), self.name()?) } else { (None, first) };
        let arguments = self.arguments()?;
        let directives = self.directives()?;
        let selection = if *self.peek() == Token::Punctuation('{') { self.selection()? } else { Vec::new() };
        Ok(Selection::Field(Field { alias, name, arguments, directives, selection, at }))
    }

    fn arguments(&mut self) -> Result<Vec<(String, Value)>, Fault> {
        let mut arguments = Vec::new();
        if self.eat('(') {
            while !self.eat(')') {
                let name = self.name()?;
                self.expect(':')?;
                arguments.push((name, self.value()?));
            }
        }
        Ok(arguments)
    }

    fn directives(&mut self) -> Result<Vec<Directive>, Fault> {
        let mut directives = Vec::new();
        while self.eat('@') {
            directives.push(Directive { name: self.name()?, arguments: self.arguments()? });
        }
        Ok(directives)
    }

    fn value(&mut self) -> Result<Value, Fault> {
        self.nested(|parser| match parser.take() {
            Token::Punctuation('$') => Ok(Value::Variable(parser.name()?)),
            Token::Punctuation('[') => {
                let mut list = Vec::new();
                while !parser.eat(']') {
                    list.push(parser.value()?);
                }
                Ok(Value::List(list))
            }
            Token::Punctuation('{') => {
                let mut fields = Vec::new();
                while !parser.eat('}') {
                    let name = parser.name()?;
                    parser.expect(':')?;
                    fields.push((name, parser.value()?));
                }
                Ok(Value::Object(fields))
            }
            Token::Name(word) => Ok(match word.as_str() {
                "true" => Value::Json(Json::Bool(true)),
                "false" => Value::Json(Json::Bool(false)),
                "null" => Value::Json(Json::Null),
                _ => Value::Enum(word),
            }),
            Token::Text(text) => Ok(Value::Json(Json::String(text))),
            Token::Number(number) => match serde_json::from_str(&number) {
                Ok(json) => Ok(Value::Json(json)),
                Err(_) => Err(parser.unexpected("a number")),
            },
            Token::Punctuation(_) | Token::Spread | Token::End => {
                parser.next -= 1;
                Err(parser.unexpected("a value"))
            }
        })
    }
}
