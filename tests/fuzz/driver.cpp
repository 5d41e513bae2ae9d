// Runs a fuzz target without libFuzzer: the corpus as it is, then inputs made of it, until the time is up. What it does
// depends on the seed alone, so that a finding comes back: --seed S --round N runs just that input.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include <unistd.h>

#include "fuzz.hpp"

namespace {

constexpr size_t kLongest = 8192;
constexpr unsigned kSecondsPerInput = 30;

unsigned long current_round = 0, current_seed = 0;

// Said from a signal handler, before the signal does what it does.
void on_end(int signal) {
  char text[128];
  const int length = std::snprintf(text, sizeof text, "\nsignal %d: run again with --seed %lu --round %lu\n", signal,
                                   current_seed, current_round);
  static_cast<void>(!write(STDERR_FILENO, text, static_cast<size_t>(length)));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::vector<std::string> read_corpus(const std::vector<std::string>& folders) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const auto& file : files) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    texts.push_back(text.str());
  }
  return texts;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& corpus, unsigned long seed) : corpus_(corpus), random_(seed) {}

  std::string next() {
    std::string text = any();
    for (size_t edits = 1 + below(6); edits > 0; --edits) edit(text);
    if (text.size() > kLongest) text.resize(kLongest);
    return text;
  }

 private:
  size_t below(size_t end) { return end == 0 ? 0 : std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  const std::string& any() { return corpus_[below(corpus_.size())]; }
  std::string piece_of(const std::string& text, size_t longest) {
    const size_t at = below(text.size());
    return text.substr(at, 1 + below(longest));
  }

  void edit(std::string& text) {
    static const std::string kMarks = "'\"$;:,.()[]{}<>|&*!%@`\\-#?~\n\t \0\x80\xff";
    const size_t at = below(text.size() + 1), length = std::min(text.size() - at, 1 + below(12));
    switch (below(7)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, 1, kMarks[below(kMarks.size())]);
        break;
      case 2:
        text.replace(at, length, piece_of(any(), 40));
        break;
      case 3:
        text.insert(at, piece_of(any(), 200));
        break;
      case 4: {  // the same many times over: depth
        const std::string piece = text.substr(at, length);
        for (size_t times = below(64); times > 0 && text.size() < kLongest; --times) text.insert(at, piece);
        break;
      }
      case 5:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      default:
        text.replace(at, length, std::to_string(static_cast<int64_t>(random_()) >> below(63)));
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

void run(const std::string& input) {
  alarm(kSecondsPerInput);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  alarm(0);
}

}  // namespace

int main(int argc, char** argv) {
  unsigned long seed = 1, seconds = 1, only = 0;
  std::vector<std::string> folders;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--seed" && has_value)
      seed = std::stoul(argv[++i]);
    else if (word == "--seconds" && has_value)
      seconds = std::stoul(argv[++i]);
    else if (word == "--round" && has_value)
      only = std::stoul(argv[++i]);
    else
      folders.push_back(word);
  }
  const auto corpus = read_corpus(folders);
  if (corpus.empty()) return std::cerr << "no corpus\n", 1;
  current_seed = seed;
  for (const int signal : {SIGABRT, SIGALRM, SIGSEGV, SIGFPE}) std::signal(signal, on_end);

  Mutator mutator(corpus, seed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (unsigned long round = 1; only != 0 ? round <= only : std::chrono::steady_clock::now() < end; ++round) {
    // The first rounds are the corpus.
    const std::string input = round <= corpus.size() ? corpus[round - 1] : mutator.next();
    current_round = round;
    if (only == 0 || round == only) run(input);
    if (only != 0 && round == only) std::cout << input << "\n";
  }
  std::cout << current_round << " inputs, seed " << seed << ", nothing found\n";
  return current_round < corpus.size() && only == 0 ? (std::cerr << "too little time for the corpus\n", 1) : 0;
}
