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

Live read(ReadScope scope, Connection& connection, Diagnostics& diagnostics) {
  Reader reader(std::move(scope));
  for (auto asks = reader.next(); !asks.empty(); asks = reader.next()) {
    std::vector<Query> queries;
    queries.reserve(asks.size());
    for (auto& ask : asks) queries.push_back(std::move(ask.query));
    auto replies = connection.run_all(queries);
    MESH_ASSERT(replies.size() == asks.size());
    for (size_t i = 0; i < asks.size(); ++i) reader.feed(asks[i].id, std::move(replies[i]));
  }
  return reader.finish(diagnostics);
}

}  // namespace mesh::live
