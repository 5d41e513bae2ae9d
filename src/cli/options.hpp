#pragma once
// What stands on the command line, as values.

#include <string>
#include <variant>
#include <vector>

namespace mesh::cli {

enum class Format { Text, Json, Markdown, Csv, Sarif, Github, Junit, Dot, Mermaid };

struct Global {
  std::string directory;             // -C
  std::string environment;           // -e
  std::vector<std::string> domains;  // -d
  std::string connection, sandbox;
  std::string format_word = "text";  // as typed
  Format format = Format::Text;
  std::string color = "auto";
  bool quiet = false, verbose = false, yes = false;
  int parallelism = 8;
};

struct InitOptions {
  std::string directory = ".";
};
struct ValidateOptions {
  std::string write_baseline;  // FILE
};
struct PlanOptions {
  std::string output;  // -o
  bool detailed_exitcode = false;
  std::vector<std::string> targets;
  std::string at, state;
  std::string changed_since, base;  // revisions
  bool live = false;                // with base: ask the account for uses
};
struct ImpactOptions {
  std::string base = "HEAD", at;
  bool live = false;
};
struct VerifyOptions {
  std::string at;
};
struct ExportOptions {
  std::string standard;            // odcs, odps
  std::vector<std::string> names;  // DOMAIN/PRODUCT…; none: all
  std::string output;              // a folder
};
struct ApplyOptions {
  std::string file;  // a saved plan
  std::vector<std::string> allow_destroy, targets;
  std::string expect, at;
  int lock_timeout = 0;
};
struct DestroyOptions {
  int lock_timeout = 0;
};
struct ExpandOptions {};
struct FindOptions {
  std::string text;
};
struct GraphOptions {
  std::string at;
};
struct CodeownersOptions {
  std::string output, organization;
  bool check = false;
};
struct CatalogOptions {
  std::string output;  // -o
  std::string at;
  bool live = false;
};
// mesh new domain|product|port|access
struct NewOptions {
  std::string what, name;
  std::string role;                  // access: --as
  std::vector<std::string> objects;  // product, port: addresses
};
struct AccessOptions {
  std::string privilege;           // who-can; empty: what-can
  std::vector<std::string> about;  // the words of an address, or of a grantee
  bool manifests = false;
  bool columns = false;  // what-can: how each column is read
};
struct DriftOptions {
  PlanOptions plan;
  bool deep = false;
};
struct ShowOptions {
  std::string what;
  bool state = false;
  std::string output;
};
struct ImportOptions {
  std::vector<std::string> patterns;
  std::string output;  // -o
};
struct SqlOptions {
  std::string statement, file, role;
};
struct BootstrapOptions {};
struct UnlockOptions {};
struct ServeOptions {
  std::string file, listen = "127.0.0.1:0", account = "SANDBOX", faults;
  int latency_ms = 0;
};
struct SchemaOptions {
  std::string kind;
};
struct ExplainOptions {
  std::string what;
};
struct VersionOptions {};
struct DoctorOptions {};
struct LogOptions {
  std::string run;  // empty: the newest runs
  int limit = 20;
  bool evidence = false;
};
// A command as completion offers it: "plan", its options and those that every command takes.
struct CommandWords {
  std::string name, about;
  std::vector<std::string> options;
};
struct CompletionOptions {
  std::string shell;
  std::vector<CommandWords> commands;
};

using Command = std::variant<InitOptions, AccessOptions, ImportOptions, DestroyOptions, ExpandOptions, FindOptions,
                             ValidateOptions, PlanOptions, ApplyOptions, DriftOptions, ShowOptions, SqlOptions,
                             GraphOptions, CodeownersOptions, CatalogOptions, NewOptions, BootstrapOptions,
                             UnlockOptions, ServeOptions, SchemaOptions, ExplainOptions, ImpactOptions, VerifyOptions,
                             ExportOptions, VersionOptions, LogOptions, DoctorOptions, CompletionOptions>;

struct CommandLine {
  Global global;
  Command command;
};

// The command line as values; or the exit code, after help or a usage error was printed.
std::variant<CommandLine, int> parse(int argc, const char* const* argv);

}  // namespace mesh::cli
