// mesh completion: a script for the shell, made from the command line's own tables.
#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/text.hpp"

namespace mesh::cli {
namespace {

std::string names(const std::vector<CommandWords>& commands) {
  std::vector<std::string> all;
  for (const auto& command : commands) all.push_back(command.name);
  return join(all, " ");
}

// The first word that is a command decides; before it commands are offered, after it its options and files.
std::string bash(const std::vector<CommandWords>& commands) {
  std::string cases;
  for (const auto& command : commands) {
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command.name, join(command.options, " "));
  }
  return fmt::format(R"(# source <(mesh completion bash)
_mesh() {{
  local commands="{}" command="" word words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " $commands " in *" $word "*) command=$word; break ;; esac
  done
  case "$command" in
    "") words="$commands" ;;
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _mesh mesh
)",
                     names(commands), cases);
}

std::string zsh(const std::vector<CommandWords>& commands) {
  const std::string script = bash(commands);
  return "# source <(mesh completion zsh)\nautoload -U +X compinit && compinit\nautoload -U +X bashcompinit && "
         "bashcompinit\n" +
         script.substr(script.find('\n') + 1);
}

std::string fish(const std::vector<CommandWords>& commands) {
  std::string out = "# mesh completion fish | source\n";
  for (const auto& command : commands) {
    out += fmt::format("complete -c mesh -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                       replace_all(command.about, "'", "\\'"));
    out += fmt::format("complete -c mesh -n '__fish_seen_subcommand_from {}' -a '{}'\n", command.name,
                       join(command.options, " "));
  }
  return out;
}

}  // namespace

ExitCode run_completion(const Global&, const CompletionOptions& options, const Console& console) {
  const auto make = options.shell == "fish" ? fish : options.shell == "zsh" ? zsh : bash;
  console.result(make(options.commands));
  return ExitCode::Done;
}

}  // namespace mesh::cli
