//! The doors of files in cases, for people: the form that takes some, the one a browser reads them through, and uploads in
//! pieces after the tus protocol 1.0 (core, creation, termination), which the page's script uses in place of the form.

use axum::{
    Extension,
    body::Body,
    extract::{
        Multipart, Path, Query, Request, State,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::TryStreamExt;
use serde::Deserialize;

use super::{assets, errors, forms::sign_in_address, said::Said, state::AppState};
use crate::{
    api::error::{ApiError, Field as WrongField},
    auth::reader::MaybeReader,
    domain::{
        attachment::Media,
        case::Addressee,
        ids::{AttachmentId, CaseId, UploadId},
    },
    service::{
        self,
        cases::{
            attach, evidence,
            upload::{self, Announced, Progress},
        },
    },
    store::{attachments::Upload, users::Reader},
};

/// How the form is called where it is refused.
pub const FORM: &str = "attach-file";

/// How many files one form takes.
const FILES: usize = 50;
/// How many names are said; more files are counted.
const NAMED: usize = 3;
/// How much of a field is read that holds a word or an id, in bytes.
const WORD: usize = 40;

/// The page with a case's files.
fn page_of(case: &str) -> String {
    format!("/cases/{case}/attachments")
}

/// `POST /cases/{id}/attachments`: the form with files.
pub async fn add(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(case): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let secure = state.config.server.is_secure();
    let Some(reader) = reader else {
        let said = Said::warning("You were signed out, and nothing was sent. Sign in and choose the files again.");
        return redirect(&sign_in_address(&page_of(&case)), said.cookie(secure));
    };
    let Ok(id) = case.parse::<CaseId>() else { return errors::page(StatusCode::NOT_FOUND) };
    let form = match form {
        Ok(form) => form,
        Err(rejection) => return errors::page(rejection.status()),
    };
    let mut taken = Taken::default();
    match taken.read(&state, &reader, id, form).await {
        Ok(()) => redirect(&page_of(&case), taken.said().cookie(secure)),
        Err(service::Error::NotFound) => errors::page(StatusCode::NOT_FOUND),
        Err(error) => redirect(&page_of(&case), Said::refused(FORM, error.into(), taken.typed()).cookie(secure)),
    }
}

fn redirect(to: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What became of the files of one form. One that is refused does not keep the others out.
#[derive(Default)]
struct Taken {
    visibility: String,
    files: usize,
    kept: Vec<String>,
    known: Vec<String>,
    wrong: Vec<WrongField>,
}

impl Taken {
    async fn read(&mut self, state: &AppState, reader: &Reader, case: CaseId, mut form: Multipart) -> service::Result<()> {
        while let Some(mut field) = form.next_field().await.map_err(broken)? {
            match field.name() {
                Some("visibility") => self.visibility = word(&mut field).await?,
                Some(attach::FIELD) => {
                    // A form without a file sends one without a name.
                    let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else { continue };
                    self.files += 1;
                    if self.files > FILES {
                        self.refuse_rest();
                        while field.chunk().await.map_err(broken)?.is_some() {}
                        continue;
                    }
                    match self.receive(state, reader, case, &name, &mut field).await {
                        Ok(()) => {}
                        Err(service::Error::Invalid(fields)) => {
                            self.wrong.extend(fields.into_iter().map(|field| WrongField { name: field.field, message: field.message }));
                            // Read to its end, so that the browser hears the answer.
                            while field.chunk().await.map_err(broken)?.is_some() {}
                        }
                        Err(other) => return Err(other),
                    }
                }
                _ => {}
            }
        }
        if self.kept.is_empty() && self.known.is_empty() && self.wrong.is_empty() {
            return Err(service::Error::field(attach::FIELD, "Choose a file first."));
        }
        Ok(())
    }

    /// Says once that a form takes no more files.
    fn refuse_rest(&mut self) {
        if self.files == FILES + 1 {
            let message = format!("A form takes {FILES} files at once, and those after them were left out. Send them with another one.");
            // First, so that it is not among those that a long list leaves out.
            self.wrong.insert(0, WrongField { name: attach::FIELD.to_owned(), message });
        }
    }

    async fn receive(&mut self, state: &AppState, reader: &Reader, case: CaseId, name: &str, field: &mut Field<'_>) -> service::Result<()> {
        let context = &state.context;
        let mut receiving = attach::begin(context, &reader.actor, case, name, addressee(&self.visibility)).await?;
        loop {
            let written = match field.chunk().await {
                Ok(Some(piece)) => receiving.write(context, piece).await,
                Ok(None) => break,
                Err(error) => Err(broken(error)),
            };
            if let Err(error) = written {
                receiving.discard().await?;
                return Err(error);
            }
        }
        let attached = receiving.finish(context, &reader.actor, case).await?;
        let list = if attached.again { &mut self.known } else { &mut self.kept };
        list.push(attached.attachment.name);
        Ok(())
    }

    fn typed(&self) -> Vec<(String, String)> {
        vec![("visibility".to_owned(), self.visibility.clone())]
    }

    fn said(&self) -> Said {
        let mut said = match self.wrong.as_slice() {
            [] => Said::default(),
            wrong => Said::refused(FORM, ApiError::Invalid { fields: wrong.to_vec() }, self.typed()),
        };
        let words: Vec<_> = listed("Attached", &self.kept).into_iter().chain(listed("Here already", &self.known)).collect();
        said.notice = (!words.is_empty()).then(|| words.join(" "));
        said
    }
}

/// A few files by their names; of more, how many.
fn listed(what: &str, names: &[String]) -> Option<String> {
    match names {
        [] => None,
        few if few.len() <= NAMED => Some(format!("{what}: {}.", few.join(", "))),
        many => Some(format!("{what}: {} files.", many.len())),
    }
}

/// The beginning of a field that holds a word; the rest is read past, however long it is.
async fn word(field: &mut Field<'_>) -> service::Result<String> {
    let mut word = Vec::with_capacity(WORD);
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        let left = WORD - word.len();
        word.extend(piece.iter().take(left));
    }
    Ok(String::from_utf8_lossy(&word).into_owned())
}

fn broken(error: MultipartError) -> service::Error {
    service::Error::field(attach::FIELD, format!("The form broke off: {}. Send it again.", error.body_text()))
}

/// Who is to see a file; the hub alone where nothing is said.
fn addressee(code: &str) -> Addressee {
    Addressee::read(code).unwrap_or(Addressee::Internal)
}

/// How a file is asked for.
#[derive(Deserialize)]
pub struct Shown {
    /// To be shown in the browser, where it can be.
    show: Option<String>,
}

/// `GET /cases/{id}/attachments/{attachment}`: the bytes, to be saved; with `?show` pictures and PDFs to be looked at.
pub async fn get(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path((case, attachment)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Response {
    let Some(reader) = reader else { return redirect(&sign_in_address(&page_of(&case)), None) };
    let (Ok(case), Ok(id)) = (case.parse::<CaseId>(), attachment.parse::<AttachmentId>()) else {
        return errors::page(StatusCode::NOT_FOUND);
    };
    match attach::read(&state.context, &reader.actor, case, id).await {
        Ok((row, bytes)) => {
            let is_shown = shown.show.is_some() && row.media_type.is_shown();
            let mut response = assets::file(&row.name, row.media_type.as_str(), is_shown, assets::streamed(bytes, row.size));
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy(row.media_type, is_shown)));
            response
        }
        Err(error) => errors::page_about(&error.into()),
    }
}

/// Nothing in a file may run or load anything. A browser's own PDF viewer does not work in a sandbox, and stands in the page of
/// the case's files.
fn policy(media: Media, is_shown: bool) -> &'static str {
    if is_shown && media == Media::Pdf {
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    } else {
        "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
    }
}

/// `GET /cases/{id}/evidence.zip`: everything its reader may see of a case, in one archive.
pub async fn evidence(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(case): Path<String>,
) -> Response {
    let Some(reader) = reader else { return redirect(&sign_in_address(&page_of(&case)), None) };
    let Ok(id) = case.parse::<CaseId>() else { return errors::page(StatusCode::NOT_FOUND) };
    match evidence::pack(&state.context, &reader.actor, id).await {
        Ok(pack) => {
            // The answer has begun: what breaks it off is seen in the log alone.
            let bytes = pack.bytes.inspect_err(errors::log).map_err(|error| std::io::Error::other(error.to_string()));
            assets::file(&pack.name, "application/zip", false, Body::from_stream(bytes))
        }
        Err(error) => errors::page_about(&error.into()),
    }
}

/// The version of the upload protocol that is spoken here.
const SPOKEN: &str = "1.0.0";
const TUS: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// An answer of the upload protocol.
fn answer(status: StatusCode, headers: &[(HeaderName, String)], words: String) -> Response {
    let mut response = (status, words).into_response();
    let all = [(TUS, SPOKEN.to_owned()), (header::CACHE_CONTROL, "no-store".to_owned())];
    for (name, value) in all.iter().chain(headers) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name.clone(), value);
        }
    }
    response
}

/// Middleware: refuses another version of the upload protocol, whatever is asked for but what is spoken.
pub async fn check_version(request: Request, next: Next) -> Response {
    let is_other = request.headers().get(TUS).is_some_and(|version| version != SPOKEN);
    if is_other && request.method() != Method::OPTIONS {
        let words = format!("Uploads go by tus {SPOKEN} here. Send Tus-Resumable: {SPOKEN}.");
        return answer(StatusCode::PRECONDITION_FAILED, &[(VERSION, SPOKEN.to_owned())], words);
    }
    next.run(request).await
}

/// A refusal in words, as the page's script shows them.
fn refused(error: service::Error) -> Response {
    let error = ApiError::from(error);
    answer(errors::status(&error), &[], error.to_string())
}

fn signed_out() -> Response {
    refused_with(StatusCode::UNAUTHORIZED, "You were signed out. Sign in and choose the file again; what is here already stays.")
}

fn refused_with(status: StatusCode, words: &str) -> Response {
    answer(status, &[], words.to_owned())
}

fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// A value of `Upload-Metadata`: names with values in base64, commas between them.
fn metadata(headers: &HeaderMap, wanted: &str) -> String {
    let given = headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let pairs = given.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let found = pairs.filter(|(name, _)| *name == wanted).find_map(|(_, value)| String::from_utf8(STANDARD.decode(value).ok()?).ok());
    found.unwrap_or_default().replace('\0', "")
}

/// `POST /cases/{id}/uploads`: begins an upload of `Upload-Length` bytes, or names the one that broke off.
pub async fn begin(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(case): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(reader) = reader else { return signed_out() };
    let Ok(case) = case.parse::<CaseId>() else { return refused(service::Error::NotFound) };
    let Some(size) = number(&headers, LENGTH) else {
        return refused_with(StatusCode::BAD_REQUEST, "Upload-Length must say how many bytes the file has.");
    };
    let (name, changed) = (metadata(&headers, "filename"), metadata(&headers, "changed"));
    let addressee = addressee(&metadata(&headers, "visibility"));
    let announced = Announced { name: &name, size, changed: &changed, addressee };
    match upload::begin(&state.context, &reader.actor, case, announced).await {
        Ok(upload) => {
            let address = format!("/cases/{case}/uploads/{}", upload.id);
            answer(StatusCode::CREATED, &[(header::LOCATION, address), (OFFSET, upload.received.to_string())], String::new())
        }
        Err(error) => refused(error),
    }
}

/// The ids in the address of an upload, as they stand there: a case's and its own.
type Address = (String, String);

/// The upload that an address names, for the person who began it.
async fn named(state: &AppState, reader: Option<Reader>, (case, id): Address) -> Result<(Reader, Upload), Response> {
    let reader = reader.ok_or_else(signed_out)?;
    let (Ok(case), Ok(id)) = (case.parse::<CaseId>(), id.parse::<UploadId>()) else { return Err(refused(service::Error::NotFound)) };
    let upload = upload::find(&state.context, &reader.actor, case, id).await.map_err(refused)?;
    Ok((reader, upload))
}

/// `HEAD /cases/{id}/uploads/{upload}`: how many bytes are here.
pub async fn stands(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(address): Path<Address>,
) -> Response {
    match named(&state, reader, address).await {
        Ok((_, upload)) => {
            answer(StatusCode::OK, &[(OFFSET, upload.received.to_string()), (LENGTH, upload.size.to_string())], String::new())
        }
        Err(response) => response,
    }
}

/// `PATCH /cases/{id}/uploads/{upload}`: the bytes from `Upload-Offset` on. With the last ones the file is attached, or
/// refused for what it is.
pub async fn piece(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(address): Path<Address>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (reader, upload) = match named(&state, reader, address).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/offset+octet-stream") {
        return refused_with(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Pieces are sent as application/offset+octet-stream.");
    }
    let Some(from) = number(&headers, OFFSET).and_then(|from| i64::try_from(from).ok()) else {
        return refused_with(StatusCode::BAD_REQUEST, "Upload-Offset must say where the piece begins.");
    };
    match upload::add(&state.context, &reader.actor, &upload, from, body.into_data_stream()).await {
        Ok(Progress::Going(received)) => answer(StatusCode::NO_CONTENT, &[(OFFSET, received.to_string())], String::new()),
        Ok(Progress::Done(_)) => answer(StatusCode::NO_CONTENT, &[(OFFSET, upload.size.to_string())], String::new()),
        Err(service::Error::Conflict(words)) => conflict(&state, &reader, &upload, words).await,
        Err(error) => refused(error),
    }
}

/// A piece came at the wrong place: the answer says where the right one is, and the upload goes on from there. Where the case
/// takes no file any more, the upload is over, and the words alone say why.
async fn conflict(state: &AppState, reader: &Reader, upload: &Upload, words: String) -> Response {
    match upload::find(&state.context, &reader.actor, upload.case_id, upload.id).await {
        Ok(upload) => answer(StatusCode::CONFLICT, &[(OFFSET, upload.received.to_string())], words),
        Err(_) => refused_with(StatusCode::CONFLICT, &words),
    }
}

/// `DELETE /cases/{id}/uploads/{upload}`: gives it up.
pub async fn give_up(
    State(state): State<AppState>,
    Extension(MaybeReader(reader)): Extension<MaybeReader>,
    Path(address): Path<Address>,
) -> Response {
    let given_up = match named(&state, reader, address).await {
        Ok((_, upload)) => upload::forget(&state.context, &upload).await,
        Err(response) => return response,
    };
    given_up.map_or_else(refused, |()| answer(StatusCode::NO_CONTENT, &[], String::new()))
}

/// `OPTIONS /cases/{id}/uploads`: what of the protocol is spoken here.
pub async fn speaks(State(state): State<AppState>) -> Response {
    let header = |name, value: &str| (HeaderName::from_static(name), value.to_owned());
    let most = state.context.settings.attachment_bytes.to_string();
    let headers = [header("tus-version", SPOKEN), header("tus-extension", "creation,termination"), header("tus-max-size", &most)];
    answer(StatusCode::NO_CONTENT, &headers, String::new())
}

/// The largest form there may be: more files than anybody chooses, and still an end.
pub fn form_limit(state: &AppState) -> usize {
    usize::try_from(state.context.settings.case_bytes).unwrap_or(usize::MAX).saturating_add(1_000_000)
}
