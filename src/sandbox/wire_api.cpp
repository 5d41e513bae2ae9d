#include "wire_api.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "fault_reply.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "wire_bind.hpp"
#include "wire_reply.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kRoot = "/api/v2/statements";
constexpr int64_t kLongestTimeout = 604'800;  // seconds: seven days

int64_t system_now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

HttpReply bad_payload() { return short_refusal(400, "390142", "Incoming request does not contain a valid payload."); }

struct Route {
  enum class Kind { Statements, Statement, Cancel, None } kind = Kind::None;
  std::string handle;
};

Route route(std::string_view path) {
  if (path.substr(0, kRoot.size()) != kRoot) return {};
  path.remove_prefix(kRoot.size());
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  if (path.empty() || path == "/") return {Route::Kind::Statements, ""};
  const std::vector<std::string> parts = split(path, '/');
  if (!parts[0].empty() || parts.size() > 3 || parts[1].empty()) return {};
  if (parts.size() == 2) return {Route::Kind::Statement, parts[1]};
  return parts[2] == "cancel" ? Route{Route::Kind::Cancel, parts[1]} : Route{};
}

bool is_uuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

bool is_true(const HttpRequest& request, const std::string& name) { return iequals(request.parameter(name), "true"); }

// One wrong type: 415 as documented, its body unrecorded. Two header lines: the recorded answer of the servlet.
std::optional<HttpReply> refused_type(const HttpRequest& request) {
  const size_t lines = request.headers.count("content-type");
  if (lines > 1) {
    HttpReply reply = json_reply(
        400, R"({"servlet":"statements","message":"Bad Request","url":"/api/v2/statements","status":"400"})");
    return reply;
  }
  const std::string type = request.header("content-type").value_or("application/json");
  if (iequals(trim(type.substr(0, type.find(';'))), "application/json")) return std::nullopt;
  return empty_reply(415);
}

// Parameters of a request (sql-api.md section 1): what the sandbox does with each name of the documented list.
enum class ParameterUse { Taken, Ignored, UtcOnly, Refused };
struct ParameterRule {
  std::string_view name;
  ParameterUse use;
};
constexpr std::array<ParameterRule, 13> kParameters = {{
    {"BINARY_OUTPUT_FORMAT", ParameterUse::Refused},
    {"CLIENT_RESULT_CHUNK_SIZE", ParameterUse::Ignored},
    {"DATE_OUTPUT_FORMAT", ParameterUse::Refused},
    {"MULTI_STATEMENT_COUNT", ParameterUse::Taken},
    {"QUERY_TAG", ParameterUse::Taken},
    {"ROWS_PER_RESULTSET", ParameterUse::Taken},
    {"TIME_OUTPUT_FORMAT", ParameterUse::Refused},
    {"TIMESTAMP_LTZ_OUTPUT_FORMAT", ParameterUse::Refused},
    {"TIMESTAMP_NTZ_OUTPUT_FORMAT", ParameterUse::Refused},
    {"TIMESTAMP_OUTPUT_FORMAT", ParameterUse::Refused},
    {"TIMESTAMP_TZ_OUTPUT_FORMAT", ParameterUse::Refused},
    {"TIMEZONE", ParameterUse::UtcOnly},
    {"USE_CACHED_RESULT", ParameterUse::Ignored},
}};

// What the service does with a name outside the list is not known; here it is refused by name like the formats, so that
// nobody rests on it.
std::optional<SqlError> refused_parameter(const SubmitBody& body) {
  for (const auto& [name, value] : body.parameters) {
    const auto rule =
        std::find_if(kParameters.begin(), kParameters.end(),
                     [&, &wanted = name](const ParameterRule& candidate) { return candidate.name == wanted; });
    const ParameterUse use = rule == kParameters.end() ? ParameterUse::Refused : rule->use;
    if (use == ParameterUse::Refused || (use == ParameterUse::UtcOnly && !iequals(value, "UTC"))) {
      return SqlError{"000002", "0A000", fmt::format("Unsupported feature 'parameter {}'.", name)};
    }
  }
  return std::nullopt;
}

// A count of the parameters; nullopt where it is none.
std::optional<size_t> count_parameter(const SubmitBody& body, const std::string& name, size_t otherwise) {
  const auto found = body.parameters.find(name);
  if (found == body.parameters.end()) return otherwise;
  size_t count = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return count;
}

HttpReply role_not_granted(const std::string& role) {
  return short_refusal(400, "390186",
                       fmt::format("Role '{}' specified in the connect string is not granted to this user, or is not "
                                   "permitted for the credentials being used. Contact your local system administrator, "
                                   "or attempt to login with another role, e.g. PUBLIC.",
                                   role));
}

// Recorded of drivers, not of the SQL API.
HttpReply role_missing(const std::string& role) {
  return short_refusal(
      400, "390189", fmt::format("Role '{}' specified in the connect string does not exist or not authorized.", role));
}

SqlError wrong_count(size_t actual, size_t desired) {
  return {"000008", "0A000",
          fmt::format("Actual statement count {} did not match the desired statement count {}.", actual, desired)};
}

SqlError not_found(const std::string& handle, int http) {
  return {"000709", "02000", fmt::format("Statement {} not found", handle), http};
}

// Of a submitted statement, up to its first literal: that may be a secret.
std::string beginning_of(const std::string& body) {
  constexpr size_t kShown = 80;
  const auto submitted = parse_submit(body);
  if (!submitted) return "";
  const std::string& text = submitted->statement;
  size_t end = std::min({text.size(), kShown, text.find_first_of("'$\n")});
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "  " + std::string(trim(std::string_view(text).substr(0, end)));
}

// Answers are compressed where the client takes gzip and there is something to gain.
void compress(const HttpRequest& request, HttpReply& reply) {
  constexpr size_t kWorthwhile = 1024;
  const bool takes = request.header("accept-encoding").value_or("").find("gzip") != std::string::npos;
  const bool already = std::any_of(reply.headers.begin(), reply.headers.end(),
                                   [](const auto& header) { return header.first == "Content-Encoding"; });
  if (!takes || already || reply.body.size() < kWorthwhile) return;
  reply.body = gzip(reply.body);
  reply.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace

Api::Api(Backend& backend, ApiOptions options)
    : backend_(backend),
      options_(std::move(options)),
      jobs_(options_.now_ms ? options_.now_ms : system_now_ms),
      faults_(options_.faults) {
  if (!options_.now_ms) options_.now_ms = system_now_ms;
}

HttpReply Api::handle(const HttpRequest& request) {
  const Route to = route(request.path);
  const bool is_first_submit =
      to.kind == Route::Kind::Statements && request.method == "POST" && !is_true(request, "retry");
  const Faulted faulted = faults_.next(is_first_submit);
  tell(faulted, request);
  if (auto instead = answer_instead(faulted, request, to.handle)) return *std::move(instead);
  HttpReply reply = answer(request, faulted);
  compress(request, reply);
  spoil(faulted, options_.faults.scale, reply);
  return reply;
}

void Api::tell(const Faulted& faulted, const HttpRequest& request) const {
  if (!options_.say || (!faulted.transport && faulted.takes_longer_s == 0 && !faulted.warehouse_fails)) return;
  const std::string what = faulted.statement > 0
                               ? fmt::format("statement {}{}", faulted.statement, beginning_of(request.body))
                               : fmt::format("{} {}", request.method, request.path);
  if (faulted.transport) options_.say(fmt::format("fault {} on {}", name_of(*faulted.transport), what));
  if (faulted.takes_longer_s > 0) {
    options_.say(fmt::format("fault long-202 of {:.0f} s on {}", faulted.takes_longer_s, what));
  }
  if (faulted.warehouse_fails) options_.say(fmt::format("fault warehouse on {}", what));
}

// Between the statements of the one who is served.
void Api::run_before(const Login& login, const Faulted& faulted) {
  for (const auto& [kind, sql] : faulted.runs_before) {
    Session session;
    session.account = login.account;
    session.user = login.user.name;
    session.role = "ACCOUNTADMIN";
    session.warehouse = login.user.default_warehouse;
    session.query_id = jobs_.new_handle();
    const Answer answer = backend_.execute(session, sql);
    if (!options_.say) continue;
    const auto* error = std::get_if<SqlError>(&answer);
    options_.say(fmt::format("fault {} before statement {}: {}{}", name_of(kind), faulted.statement, sql,
                             error == nullptr ? "" : "\n  failed: " + error->message));
  }
}

HttpReply Api::answer(const HttpRequest& request, const Faulted& faulted) {
  const Route to = route(request.path);
  if (to.kind == Route::Kind::None) return empty_reply(404);
  if (request.method != (to.kind == Route::Kind::Statement ? "GET" : "POST")) return empty_reply(405);
  if (trim(request.header("user-agent").value_or("")).empty()) {
    return short_refusal(400, "391903", "Invalid or empty User-Agent header set: null");
  }
  auto login = log_in(request);
  if (!login) return std::move(login.error().reply);
  switch (to.kind) {
    case Route::Kind::Statements:
      return submit(request, *login, faulted);
    case Route::Kind::Statement:
      return status(request, *login, to.handle);
    case Route::Kind::Cancel:
      return cancel(*login, to.handle);
    case Route::Kind::None:
      break;
  }
  return empty_reply(404);
}

Api::Checked<Api::Login> Api::log_in(const HttpRequest& request) const {
  const auto refuse = [](HttpReply reply) { return Failure<Refusal>{{std::move(reply)}}; };
  constexpr std::string_view kScheme = "bearer ";
  const std::string authorization = request.header("authorization").value_or("");
  const bool bearer = iequals(std::string_view(authorization).substr(0, kScheme.size()), kScheme);
  const std::string_view jwt = bearer ? trim(std::string_view(authorization).substr(kScheme.size())) : "";
  if (jwt.empty()) return refuse(short_refusal(400, "390146", "Authorization token is missing."));  // text unrecorded

  // Only key pairs: the sandbox has no issuer of other tokens. The header may be absent, a JWT is known by its looks.
  const std::string type = request.header("x-snowflake-authorization-token-type").value_or("KEYPAIR_JWT");
  if (iequals(type, "OAUTH")) return refuse(short_refusal(401, "390303", "Invalid OAuth access token. null"));
  if (!iequals(type, "KEYPAIR_JWT")) {
    return refuse(short_refusal(401, "394400", fmt::format("The sandbox takes no tokens of type {}.", type)));
  }
  const auto token = read_token(jwt);
  if (!token) return refuse(bad_token(false));
  if (!in_force(*token, options_.now_ms() / 1000)) return refuse(bad_token(true));
  const auto user = backend_.find_user(token->identity.account, token->identity.user);
  if (!user || user->disabled || !signed_by(*token, user->public_keys)) return refuse(bad_token(true));
  return Login{token->identity.account, *user};
}

HttpReply Api::submit(const HttpRequest& request, const Login& login, const Faulted& faulted) {
  if (auto refused = refused_type(request)) return std::move(*refused);
  const auto body = parse_submit(request.body);
  const std::string request_id = request.parameter("requestId");
  if (!body || (!request_id.empty() && !is_uuid(request_id))) return bad_payload();
  return submit_checked(request, login, *body, faulted);
}

HttpReply Api::submit_checked(const HttpRequest& request, const Login& login, const SubmitBody& body,
                              const Faulted& faulted) {
  run_before(login, faulted);
  if (split_batch(body.statement).empty()) {
    return refusal({"000900", "42601", "SQL compilation error:\nEmpty SQL statement.", 400}, std::nullopt);
  }
  auto session = this->session(login, body);
  if (!session) return std::move(session.error().reply);
  session->warehouse_cannot_start = faulted.warehouse_fails;
  session->lacks = faulted.lacks;

  const std::string request_id = request.parameter("requestId");
  if (is_true(request, "retry") && !request_id.empty()) {
    const JobPointer earlier = jobs_.find_request(login.account, login.user.name, request_id);
    // While the first one runs its end is waited for (unconfirmed of the service); a failed one runs again.
    if (earlier && (earlier->outcome() == nullptr || !earlier->outcome()->error)) {
      const bool async = is_true(request, "async");
      return async ? status(request, login, earlier->facts().handle) : wait(*earlier);
    }
  }
  JobFacts facts;
  facts.request_id = request_id.empty() ? random_uuid() : request_id;
  facts.account = login.account;
  facts.user = login.user.name;
  facts.async = is_true(request, "async");
  facts.timeout_seconds = std::min(body.timeout.value_or(0), kLongestTimeout);
  if (facts.timeout_seconds > 0) facts.deadline = Clock::now() + scaled(static_cast<double>(facts.timeout_seconds));
  const JobPointer job = jobs_.add(std::move(facts));
  if (auto refused = launch(job, *session, body, request, faulted)) {
    HttpReply reply = refusal(*refused, job->facts().handle);
    Outcome outcome;
    outcome.error = std::move(*refused);
    job->finish(std::move(outcome));
    return reply;
  }
  return job->facts().async ? json_reply(202, running_body(job->facts().handle)) : wait(*job);
}

Api::Checked<Session> Api::session(const Login& login, const SubmitBody& body) const {
  const UserLogin& user = login.user;
  Session session;
  session.account = login.account;
  session.user = user.name;
  session.role = body.role.value_or(user.default_role.empty() ? "PUBLIC" : user.default_role);
  session.secondary_roles_all = user.default_secondary_roles_all;
  session.warehouse = body.warehouse.value_or(user.default_warehouse);
  session.database = body.database.value_or(user.default_database);
  // The default schema is one of the default database.
  session.schema = body.schema.value_or(body.database ? "" : user.default_schema);
  if (const auto tag = body.parameters.find("QUERY_TAG"); tag != body.parameters.end()) session.query_tag = tag->second;
  if (backend_.role_granted(login.account, user.name, session.role)) return session;
  const bool exists = backend_.role_exists(login.account, session.role);
  return Failure<Refusal>{{exists ? role_not_granted(session.role) : role_missing(session.role)}};
}

Clock::duration Api::scaled(double seconds) const {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds * options_.faults.scale));
}

// Starts the job, or tells why not.
std::optional<SqlError> Api::launch(const JobPointer& job, const Session& session, const SubmitBody& body,
                                    const HttpRequest& request, const Faulted& faulted) {
  if (auto refused = refused_parameter(body)) return refused;
  std::vector<BatchStatement> statements = split_batch(body.statement);
  const auto desired = count_parameter(body, "MULTI_STATEMENT_COUNT", 1);
  const auto row_limit = count_parameter(body, "ROWS_PER_RESULTSET", 0);
  if (!desired || !row_limit) {
    const char* name = desired ? "ROWS_PER_RESULTSET" : "MULTI_STATEMENT_COUNT";
    return SqlError{
        "001008", "22023",
        fmt::format("SQL compilation error:\ninvalid value [{}] for parameter '{}'", body.parameters.at(name), name)};
  }
  if (*desired != 0 && *desired != statements.size()) return wrong_count(statements.size(), *desired);
  RunOptions options;
  options.latency = options_.latency + scaled(faulted.takes_longer_s);
  options.time_scale = options_.faults.scale;
  options.nullable = !iequals(request.parameter("nullable"), "false");
  if (*row_limit > 0) options.row_limit = *row_limit;

  auto work = statements.size() == 1 ? single(job, session, body, statements.front(), options)
                                     : batch(job, session, body, std::move(statements), options);
  if (auto* error = std::get_if<SqlError>(&work)) return *error;
  if (!jobs_.start(std::get<Work>(std::move(work)))) job->cancel();
  return std::nullopt;
}

std::variant<Api::Work, SqlError> Api::single(const JobPointer& job, const Session& session, const SubmitBody& body,
                                              const BatchStatement& statement, const RunOptions& options) {
  if (const auto command = refused_command(statement.text)) {
    return SqlError{"391911", "0A000", fmt::format("Command not supported by SQL API: {}", *command)};
  }
  // From the text's beginning, comments too: errors count lines in it.
  auto bound = bind_literals(body.statement.substr(0, statement.end), body.bindings);
  if (auto* error = std::get_if<SqlError>(&bound)) return *error;
  return [this, job, session, options, text = std::get<std::string>(std::move(bound))] {
    run_single(*job, backend_, session, text, options);
  };
}

std::variant<Api::Work, SqlError> Api::batch(const JobPointer& job, const Session& session, const SubmitBody& body,
                                             std::vector<BatchStatement> statements, const RunOptions& options) {
  if (!body.bindings.empty()) {
    // Documented as not supported; the words are not.
    return SqlError{"000002", "0A000", "Unsupported feature 'bind variables in a multi-statement request'."};
  }
  if (auto refused = refused_warehouse(session)) return *std::move(refused);
  const auto add_child = [this, job] {
    JobFacts facts;
    facts.request_id = random_uuid();
    facts.account = job->facts().account;
    facts.user = job->facts().user;
    return jobs_.add(std::move(facts));
  };
  return [this, job, session, options, add_child, statements = std::move(statements)] {
    run_batch(*job, backend_, session, statements, options, add_child);
  };
}

// The answer to a submit: the end of the statement, or 202 after 45 seconds.
HttpReply Api::wait(const Job& job) const {
  const Outcome* outcome =
      job.wait_until(Clock::now() + scaled(std::chrono::duration<double>(options_.sync_limit).count()));
  if (outcome == nullptr) return json_reply(202, running_body(job.facts().handle));
  return finished(job, *outcome, 0);
}

HttpReply Api::finished(const Job& job, const Outcome& outcome, size_t partition) const {
  const JobFacts& facts = job.facts();
  if (outcome.error) {
    const SqlError& error = *outcome.error;
    // A run-time failure (1000xx) of an asynchronous statement carries code and message only, as recorded.
    if (facts.async && error.code.substr(0, 3) == "100") return short_refusal(error.http, error.code, error.message);
    return refusal(error, facts.handle);
  }
  const EncodedResult& result = *outcome.result;
  HttpReply reply;
  if (partition == 0) {
    reply = json_reply(200, result_body({facts.handle, facts.request_id, facts.created_on, outcome.children}, result));
  } else {
    reply = json_reply(200, result.later[partition - 1]);
    reply.headers.emplace_back("Content-Encoding", "gzip");
  }
  reply.headers.emplace_back("Link", link_header(facts.handle, partition, result.partitions()));
  return reply;
}

// Whether another user may ask for a handle is not documented; here only who submitted it may.
JobPointer Api::own_job(const Login& login, const std::string& handle) const {
  JobPointer job = jobs_.find(to_lower(handle));
  if (job && (job->facts().account != login.account || job->facts().user != login.user.name)) return nullptr;
  return job;
}

HttpReply Api::status(const HttpRequest& request, const Login& login, const std::string& handle) const {
  const JobPointer job = own_job(login, handle);
  if (!job) return refusal(not_found(handle, 400), handle);
  const Outcome* outcome = job->outcome();
  if (outcome == nullptr) return json_reply(202, running_body(job->facts().handle));
  if (outcome->error) {
    // GET documents no 408; a statement that timed out fails there like others (unconfirmed).
    if (outcome->error->http != 408) return finished(*job, *outcome, 0);
    SqlError error = *outcome->error;
    error.http = 422;
    return refusal(error, job->facts().handle);
  }
  const std::string wanted = request.parameter("partition");
  size_t partition = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), partition);
  const size_t count = outcome->result->partitions();
  const bool read = wanted.empty() || (error == std::errc() && end == wanted.data() + wanted.size());
  if (!read || partition >= count) {
    return refusal({"391922", "22023",
                    fmt::format("Invalid partition parameter. The partition must be long type parsable and between 0 "
                                "and {}, but '{}' is specified.",
                                count - 1, wanted),
                    400},
                   job->facts().handle);
  }
  return finished(*job, *outcome, partition);
}

HttpReply Api::cancel(const Login& login, const std::string& handle) const {
  const JobPointer job = own_job(login, handle);
  if (!job) return refusal(not_found(handle, 422), handle);
  if (job->cancel()) return json_reply(200, canceled_body(job->facts().handle));
  // Of a statement that has ended otherwise nothing is recorded; 000605 is the drivers' code for it.
  return refusal({"000605", "57014", "Identified SQL statement is not currently executing."}, job->facts().handle);
}

}  // namespace mesh::sandbox
