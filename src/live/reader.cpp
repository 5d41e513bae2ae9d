#include "mesh/live/reader.hpp"

#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {

struct Reader::Impl {
  explicit Impl(ReadScope scope) : reading(std::move(scope)) {}
  Reading reading;
};

Reader::Reader(ReadScope scope) : impl_(std::make_unique<Impl>(std::move(scope))) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

std::vector<Reader::Ask> Reader::next() { return impl_->reading.next(); }
void Reader::feed(int id, Reply reply) { impl_->reading.feed(id, std::move(reply)); }
Live Reader::finish(Diagnostics& diagnostics) { return impl_->reading.finish(diagnostics); }

Result<std::string> read_account_name(const std::string& wanted, Connection& connection) {
  Query query;
  query.sql = context_statement();
  query.read_only = true;
  const auto reply = connection.run(query);
  if (!reply) return fail("asking which account this is: " + reply.error().describe());
  return account_name(*reply, wanted);
}

namespace {

template <typename Rounds>
void drive(Rounds& rounds, Connection& connection) {
  for (auto asks = rounds.next(); !asks.empty(); asks = rounds.next()) {
    std::vector<Query> queries;
    queries.reserve(asks.size());
    for (auto& ask : asks) queries.push_back(std::move(ask.query));
    auto replies = connection.run_all(queries);
    MESH_ASSERT(replies.size() == asks.size());
    for (size_t i = 0; i < asks.size(); ++i) rounds.feed(asks[i].id, std::move(replies[i]));
  }
}

}  // namespace

Live read(ReadScope scope, Connection& connection, Diagnostics& diagnostics) {
  Reader reader(std::move(scope));
  drive(reader, connection);
  return reader.finish(diagnostics);
}

void look_closer(ReadScope scope, Live& live, Connection& connection, Diagnostics& diagnostics) {
  Reading reading(std::move(scope), std::move(live));
  drive(reading, connection);
  live = reading.finish(diagnostics);
}

}  // namespace mesh::live
