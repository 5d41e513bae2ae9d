#pragma once
// Faults as a client meets them.

#include <optional>
#include <string>

#include "fault.hpp"
#include "wire_http.hpp"

namespace mesh::sandbox {

// What a request gets without having been looked at; nullopt: it is to be answered. `handle` is that of the statement
// it asks for, if any.
std::optional<HttpReply> answer_instead(const Faulted& faulted, const HttpRequest& request, const std::string& handle);

// What becomes of a true answer on its way. `scale` is that of time.
void spoil(const Faulted& faulted, double scale, HttpReply& reply);

}  // namespace mesh::sandbox
