// The only file that meets CLI11: arguments in, values out.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "console.hpp"
#include "mesh/base/text.hpp"
#include "mesh/cli/cli.hpp"
#include "options.hpp"

namespace mesh::cli {
namespace {

void add_global(CLI::App& app, Global& global) {
  app.add_option("-C", global.directory, "The mesh's folder; else found upwards from here")->type_name("DIR");
  app.add_option("-e,--environment", global.environment, "Environment of mesh.yaml")->type_name("ENV");
  app.add_option("-d,--domain", global.domains, "Only this domain (repeatable)")
      ->type_name("DOMAIN")
      ->allow_extra_args(false);
  app.add_option("--connection", global.connection, "Connection of connections.toml")->type_name("NAME");
  app.add_option("--sandbox", global.sandbox, "Run against an imitated account kept in FILE")->type_name("FILE");
  app.add_option("--format", global.format_word,
                 "text, json, markdown, csv, sarif, github, junit; each where it has a meaning")
      ->type_name("FORMAT");
  app.add_option("--color", global.color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("-q,--quiet", global.quiet, "No progress");
  app.add_flag("-v,--verbose", global.verbose, "Show the SQL of every change");
  app.add_flag("--yes", global.yes, "Do it without asking");
  app.add_option("--parallelism", global.parallelism, "Statements in flight at most")->check(CLI::Range(1, 64));
}

struct FormatRow {
  std::string_view word;
  Format format;
};
constexpr FormatRow kFormats[] = {{"text", Format::Text},   {"json", Format::Json},   {"markdown", Format::Markdown},
                                  {"csv", Format::Csv},     {"sarif", Format::Sarif}, {"github", Format::Github},
                                  {"junit", Format::Junit}, {"dot", Format::Dot},     {"mermaid", Format::Mermaid}};

using Formats = std::vector<Format>;

// What a command can write, besides text.
template <typename Options>
Formats formats_of(const Options&) {
  return {};
}
template <>
Formats formats_of(const PlanOptions&) {
  return {Format::Json, Format::Markdown, Format::Sarif, Format::Github, Format::Junit};
}
template <>
Formats formats_of(const AccessOptions&) {
  return {Format::Json};
}
template <>
Formats formats_of(const DriftOptions&) {
  return {Format::Json, Format::Markdown, Format::Sarif, Format::Github, Format::Junit};
}
template <>
Formats formats_of(const ImpactOptions&) {
  return {Format::Json};
}
template <>
Formats formats_of(const VerifyOptions&) {
  return {Format::Json, Format::Junit};
}
template <>
Formats formats_of(const ValidateOptions&) {
  return {Format::Json, Format::Sarif, Format::Github, Format::Junit};
}
template <>
Formats formats_of(const ApplyOptions&) {
  return {Format::Json};
}
template <>
Formats formats_of(const DestroyOptions&) {
  return {Format::Json};
}
template <>
Formats formats_of(const VersionOptions&) {
  return {Format::Json};
}
// A schema is JSON whatever is asked for.
template <>
Formats formats_of(const SchemaOptions&) {
  return {Format::Json};
}
template <>
Formats formats_of(const SqlOptions&) {
  return {Format::Json, Format::Csv};
}
template <>
Formats formats_of(const ExpandOptions&) {
  return {Format::Json, Format::Csv};
}
template <>
Formats formats_of(const FindOptions&) {
  return {Format::Json, Format::Csv};
}
template <>
Formats formats_of(const GraphOptions&) {
  return {Format::Json, Format::Dot, Format::Mermaid};
}
template <>
Formats formats_of(const LogOptions& options) {
  return options.evidence ? Formats{Format::Json, Format::Markdown} : Formats{Format::Json, Format::Csv};
}
template <>
Formats formats_of(const DoctorOptions&) {
  return {Format::Json, Format::Csv};
}

// Reads --format; says what is wrong where this command has no such form.
std::optional<std::string> take_format(CommandLine& line) {
  auto& global = line.global;
  auto allowed = std::visit([](const auto& options) { return formats_of(options); }, line.command);
  allowed.insert(allowed.begin(), Format::Text);
  std::vector<std::string> words;
  for (const auto& row : kFormats) {
    const bool fits = std::find(allowed.begin(), allowed.end(), row.format) != allowed.end();
    if (fits && row.word == global.format_word) return global.format = row.format, std::nullopt;
    if (fits) words.emplace_back(row.word);
  }
  const auto near = nearest(global.format_word, words);
  return fmt::format("this command cannot write '{}'{}\n  --format takes here: {}", global.format_word,
                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near), join(words, ", "));
}

class Parser {
 public:
  Parser() : app_("mesh runs a data mesh on Snowflake from a git repository.", "mesh") {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.set_help_flag("-h,--help", "What this command does");
    app_.get_formatter()->column_width(36);
    add_global(app_, line_.global);
    add_commands();
  }

  std::variant<CommandLine, int> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
      if (const auto wrong = take_format(line_)) {
        write_stderr(fmt::format("error: {}\n", *wrong));
        return static_cast<int>(ExitCode::Usage);
      }
      return line_;
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) {
        app_.exit(error);
        return 0;
      }
      write_stderr(fmt::format("error: {}\n", explain(error, argc, argv)));
      write_stderr("Run 'mesh --help' for the commands, 'mesh COMMAND --help' for one of them.\n");
      return static_cast<int>(ExitCode::Usage);
    }
  }

 private:
  template <typename Options>
  CLI::App* command(const std::string& name, const std::string& text, std::shared_ptr<Options>& options) {
    options = std::make_shared<Options>();
    CLI::App* sub = app_.add_subcommand(name, text);
    sub->fallthrough();
    sub->callback([this, options] { line_.command = *options; });
    names_.push_back(name);
    return sub;
  }

  static void add_plan_options(CLI::App* sub, PlanOptions& plan) {
    sub->add_option("-o,--output", plan.output, "Write the plan as JSON to FILE")->type_name("FILE");
    sub->add_flag("--detailed-exitcode", plan.detailed_exitcode, "Exit 2 when there are changes");
    sub->add_option("--target", plan.targets, "Only this address and what it needs (repeatable)")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    sub->add_option("--at", plan.at, "Plan as if it were this day (YYYY-MM-DD)")->type_name("DATE");
    sub->add_option("--state", plan.state, "A recorded account instead of a live one")->type_name("FILE");
    sub->add_option("--changed-since", plan.changed_since, "Only domains with files that changed since this revision")
        ->type_name("REV");
    sub->add_option("--base", plan.base,
                    "Tell apart what this checkout changes and what was pending at this revision, and whom it breaks")
        ->type_name("REV");
    sub->add_flag("--live", plan.live, "With --base: ask the account, too, who uses what breaks (ACCOUNT_USAGE)");
  }

  void add_commands() {
    std::shared_ptr<InitOptions> init;
    command("init", "A mesh to start from", init)->add_option("dir", init->directory, "Folder to make it in");
    std::shared_ptr<ValidateOptions> validate;
    command("validate", "Check everything that needs no account", validate)
        ->add_option("--write-baseline", validate->write_baseline,
                     "Write what the rules find today to FILE, for `rules: {baseline: FILE}`")
        ->type_name("FILE");
    std::shared_ptr<PlanOptions> plan;
    CLI::App* sub = command("plan", "Show what would change", plan);
    add_plan_options(sub, *plan);
    std::shared_ptr<ApplyOptions> apply;
    sub = command("apply", "Do it", apply);
    sub->add_option("file", apply->file, "A plan written by plan -o: run only if it would still be the same");
    sub->add_option("--allow-destroy", apply->allow_destroy,
                    "Consent to losing this address, or all (not in protected environments)")
        ->type_name("ADDRESS|all")
        ->allow_extra_args(false);
    sub->add_option("--target", apply->targets, "Only this address and what it needs (repeatable)")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    sub->add_option("--expect", apply->expect, "Run only if the plan has this fingerprint")->type_name("FINGERPRINT");
    sub->add_option("--at", apply->at, "Plan as if it were this day (YYYY-MM-DD)")->type_name("DATE");
    sub->add_option("--lock-timeout", apply->lock_timeout, "Seconds to wait for the lease")->type_name("SECONDS");
    std::shared_ptr<DriftOptions> drift;
    sub = command("drift", "What differs from the manifests, and what nobody manages", drift);
    add_plan_options(sub, drift->plan);
    sub->add_flag("--deep", drift->deep, "Read every parameter of every object");
    std::shared_ptr<DestroyOptions> destroy;
    sub = command("destroy", "Drop everything that mesh made in an environment (-e)", destroy);
    sub->add_option("--lock-timeout", destroy->lock_timeout, "Seconds to wait for the lease")->type_name("SECONDS");
    std::shared_ptr<ExpandOptions> expand;
    command("expand", "The manifests with variables and blueprints put in, and where each line is from", expand);
    std::shared_ptr<FindOptions> find;
    command("find", "What in the manifests bears or mentions a text", find)
        ->add_option("text", find->text, "Part of a name, comment, owner or column")
        ->required();
    add_catalogue();
    std::shared_ptr<ImportOptions> import;
    sub = command("import", "Write live objects as manifests, to be taken over", import);
    sub->add_option("pattern", import->patterns,
                    "Only what is named so: SALES, SALES.ORDERS, 'SALES_*' (default: all that the domains own)");
    sub->add_option("-o,--output", import->output, "Folder to write to (default: the mesh's)")->type_name("DIR");
    std::shared_ptr<ShowOptions> show;
    sub = command("show", "One object as declared, live and remembered; or a saved plan", show);
    sub->add_option("what", show->what, "ADDRESS or FILE");
    sub->add_flag("--state", show->state, "Record the account, for plan --state");
    sub->add_option("-o,--output", show->output, "Where to")->type_name("FILE");
    std::shared_ptr<SqlOptions> sql;
    sub = command("sql", "Run any statement; rows as a table, CSV or JSON", sql);
    sub->add_option("statement", sql->statement, "SQL, or - for standard input");
    sub->add_option("-f,--file", sql->file, "Statements of a file, parted by ;")->type_name("FILE");
    sub->add_option("--role", sql->role, "Role to run it as")->type_name("R");
    std::shared_ptr<BootstrapOptions> bootstrap;
    command("bootstrap", "Make what a mesh stands on: ledger, leases and audit, roles and service users", bootstrap);
    std::shared_ptr<UnlockOptions> unlock;
    command("unlock", "Free the lease of a run that is gone", unlock);
    add_access();
    add_sandbox();
    std::shared_ptr<SchemaOptions> schema;
    command("schema", "JSON Schema of manifests, or of one kind; mesh, plan", schema)
        ->add_option("kind", schema->kind, "KIND, mesh, manifest or plan");
    std::shared_ptr<ExplainOptions> explain;
    command("explain", "What a kind, a rule or a code is about; without one, the list of rules", explain)
        ->add_option("what", explain->what, "KIND, RULE or CODE");
    std::shared_ptr<DoctorOptions> doctor;
    command("doctor", "Whether all is there that a run needs, and what mends it", doctor);
    std::shared_ptr<LogOptions> log;
    sub = command("log", "Runs and their statements, as the ledger's tables keep them", log);
    sub->add_option("run", log->run, "The statements of this run; the beginning of its id will do");
    sub->add_flag("--evidence", log->evidence,
                  "Instead: each rule in force, what it covers in the account, and who answers for its exceptions");
    sub->add_option("-n,--limit", log->limit, "At most so many runs")->check(CLI::Range(1, 10'000));
    std::shared_ptr<CompletionOptions> completion;
    sub = command("completion", "Completion for a shell, to be sourced there", completion);
    sub->add_option("shell", completion->shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    sub->callback([this, completion] {
      completion->commands = words();
      line_.command = *completion;
    });
    std::shared_ptr<ImpactOptions> impact;
    sub = command("impact", "What changed in the contracts of ports, and whom it breaks", impact);
    sub->add_option("--base", impact->base, "The revision they are held against (HEAD)")->type_name("REV");
    sub->add_option("--at", impact->at, "As if it were this day (YYYY-MM-DD)")->type_name("DATE");
    sub->add_flag("--live", impact->live, "Ask the account, too, who uses what breaks (ACCOUNT_USAGE)");
    std::shared_ptr<VerifyOptions> verify;
    command("verify", "Hold what ports promise against the account: shape, keys, quality, freshness", verify)
        ->add_option("--at", verify->at, "As if it were this day (YYYY-MM-DD)")
        ->type_name("DATE");
    std::shared_ptr<ExportOptions> exported;
    sub = command("export", "Products and their contracts in the standards of Bitol", exported);
    sub->add_option("standard", exported->standard, "odcs (contracts) or odps (products)")
        ->required()
        ->check(CLI::IsMember({"odcs", "odps"}));
    sub->add_option("products", exported->names, "DOMAIN/PRODUCT or DOMAIN/PRODUCT@MAJOR; none: all");
    sub->add_option("-o,--output", exported->output, "Write a file for each into FOLDER")->type_name("FOLDER");
    std::shared_ptr<VersionOptions> version;
    command("version", "Which mesh this is", version);
  }

  void add_catalogue() {
    const char* about_at = "Agreements as they are on this day (YYYY-MM-DD)";
    std::shared_ptr<GraphOptions> graph;
    command("graph", "Where data come from and who reads them, as dot (Graphviz), mermaid or json", graph)
        ->add_option("--at", graph->at, about_at)
        ->type_name("DATE");
    std::shared_ptr<CatalogOptions> catalog;
    CLI::App* sub = command("catalog", "Write the catalogue of products: a site of static pages", catalog);
    sub->add_option("-o,--output", catalog->output, "Folder to write to")->type_name("DIR");
    sub->add_option("--at", catalog->at, about_at)->type_name("DATE");
    sub->add_flag("--live", catalog->live, "Say of ports what the account says: rows, bytes, last change, last apply");
    std::shared_ptr<CodeownersOptions> codeowners;
    sub = command("codeowners", "Who reviews what, as a CODEOWNERS file", codeowners);
    sub->add_option("-o,--output", codeowners->output, "Write it to FILE")->type_name("FILE");
    sub->add_option("--org", codeowners->organization, "Teams are @ORG/TEAM (default: the mesh's name)")
        ->type_name("ORG");
    sub->add_flag("--check", codeowners->check, "Exit 3 where the repository's file says anything else");
    add_new();
  }

  void add_new() {
    CLI::App* create =
        app_.add_subcommand("new", "Files to start from: a domain, product, port, or request for access");
    names_.push_back("new");
    create->require_subcommand(1);
    create->fallthrough();
    const auto thing = [&](const char* what, const char* text, const char* about_name) {
      auto options = std::make_shared<NewOptions>();
      options->what = what;
      CLI::App* sub = create->add_subcommand(what, text);
      sub->fallthrough();
      sub->add_option("name", options->name, about_name)->required();
      sub->callback([this, options] { line_.command = *options; });
      return std::pair(sub, options);
    };
    thing("domain", "A domain: its folder, and its line in mesh.yaml", "NAME");
    const char* about_object = "What it publishes: table SALES.ORDERS.ORDERS (repeatable)";
    for (const auto& [what, text, name] : {std::tuple("product", "A product with its first port", "DOMAIN/PRODUCT"),
                                           std::tuple("port", "One more port of a product", "DOMAIN/PRODUCT/PORT")}) {
      const auto [sub, options] = thing(what, text, name);
      sub->add_option("--object", options->objects, about_object)->type_name("ADDRESS")->allow_extra_args(false);
    }
    const auto [sub, options] = thing("access", "A request to read a port, of the domain that -d names", "PORT");
    sub->add_option("--as", options->role, "Role that shall read it (default: the domain's only one)")
        ->type_name("ROLE");
  }

  void add_access() {
    CLI::App* access = app_.add_subcommand("access", "Who can do a thing, and what one can do");
    names_.push_back("access");
    access->require_subcommand(1);
    access->fallthrough();
    const auto question = [&](const char* name, const char* text) {
      auto options = std::make_shared<AccessOptions>();
      CLI::App* sub = access->add_subcommand(name, text);
      sub->fallthrough();
      sub->callback([this, options] { line_.command = *options; });
      return std::pair(sub, options);
    };
    const char* about_manifests = "As the manifests would have it, without an account";
    auto [who, who_options] = question("who-can", "Everyone who has a privilege on an object, and through what");
    who->add_option("privilege", who_options->privilege, "SELECT, USAGE, 'CREATE TABLE'")->required();
    who->add_option("object", who_options->about, "ADDRESS (table SALES.ORDERS.ORDERS), column A.B.C.D, or account")
        ->required();
    who->add_flag("--manifests", who_options->manifests, about_manifests);
    auto [what, what_options] = question("what-can", "All that a role may do, and through what");
    what->add_option("role", what_options->about, "ROLE, role R, database role D.R, user U, share S")->required();
    what->add_flag("--manifests", what_options->manifests, about_manifests);
    what->add_flag("--columns", what_options->columns, "Of each column: denied, masked, clear or by condition");
  }

  void add_sandbox() {
    CLI::App* sandbox = app_.add_subcommand("sandbox", "An imitated Snowflake account");
    names_.push_back("sandbox");
    sandbox->require_subcommand(1);
    auto serve = std::make_shared<ServeOptions>();
    CLI::App* sub = sandbox->add_subcommand("serve", "Serve it over HTTP until interrupted");
    sub->fallthrough();
    sandbox->fallthrough();
    sub->add_option("--file", serve->file, "Where the accounts are kept")->required()->type_name("FILE");
    sub->add_option("--listen", serve->listen, "HOST:PORT")->type_name("HOST:PORT");
    sub->add_option("--account", serve->account, "Account that a fresh file gets")->type_name("NAME");
    sub->add_option("--latency", serve->latency_ms, "Milliseconds added to each statement")->type_name("MS");
    sub->add_option("--faults", serve->faults, "Faults to play (docs/sandbox.md)")->type_name("SPEC");
    sub->callback([this, serve] { line_.command = *serve; });
  }

  static std::vector<std::string> option_words(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::Option* option : app.get_options()) {
      for (const auto& name : option->get_lnames()) words.push_back("--" + name);
      for (const auto& name : option->get_snames()) words.push_back("-" + name);
    }
    return words;
  }

  std::vector<CommandWords> words() const {
    const auto for_all = option_words(app_);
    std::vector<CommandWords> all;
    for (const CLI::App* sub : app_.get_subcommands([](const CLI::App*) { return true; })) {
      CommandWords command{sub->get_name(), sub->get_description(), option_words(*sub)};
      for (const CLI::App* below : sub->get_subcommands([](const CLI::App*) { return true; })) {
        command.options.push_back(below->get_name());
        for (auto& word : option_words(*below)) command.options.push_back(std::move(word));
      }
      command.options.insert(command.options.end(), for_all.begin(), for_all.end());
      std::sort(command.options.begin(), command.options.end());
      command.options.erase(std::unique(command.options.begin(), command.options.end()), command.options.end());
      all.push_back(std::move(command));
    }
    return all;
  }

  // The word behind a global option is its value, not a command.
  bool takes_value(const std::string& option) const {
    static const std::vector<std::string> options = {"-C",       "-e",           "--environment", "-d",
                                                     "--domain", "--connection", "--sandbox",     "--format",
                                                     "--color",  "--parallelism"};
    return std::find(options.begin(), options.end(), option) != options.end();
  }

  std::string explain(const CLI::ParseError& error, int argc, const char* const* argv) const {
    // CLI11 reports an unknown command only as "A subcommand is required".
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (word.empty() || word[0] == '-' || takes_value(argv[i - 1])) continue;
      const bool known = std::find(names_.begin(), names_.end(), word) != names_.end();
      if (known) break;
      if (error.get_name() != "RequiredError" && error.get_name() != "ExtrasError") break;
      const std::string near = nearest(word, names_);
      return fmt::format("unknown command '{}'{}", word, near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
    }
    return error.what();
  }

  CLI::App app_;
  CommandLine line_;
  std::vector<std::string> names_;
};

}  // namespace

std::variant<CommandLine, int> parse(int argc, const char* const* argv) { return Parser().parse(argc, argv); }

}  // namespace mesh::cli
