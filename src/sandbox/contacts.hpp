#pragma once
// Contacts: the objects, what has them for which purpose, and what GET_CONTACTS tells of that (docs: create-contact,
// alter-contact, contacts-using, functions/get_contacts).

#include "governance.hpp"
#include "running.hpp"

namespace mesh::sandbox {

ResultSet create_contact(Running& run, const CreateHead& head);
ResultSet alter_contact(Running& run, const Object& contact);

// One of those a statement names: STEWARD = name.
struct ContactText {
  std::string purpose;
  NameParts name;
};
std::vector<ContactText> read_contact_list(Parser& parser);  // comma-separated
std::string read_purpose(Parser& parser);

// Whether an object of the kind may have contacts, and whether its own ALTER sets them: else ALTER TABLE does.
bool has_contacts(Kind kind);
bool alters_contacts(Kind kind);

// `made`: the object comes from the running statement, so that its maker may attach with APPLY alone.
void set_contact(Running& run, const Object& object, const ContactText& text, bool made = false);
void unset_contact(Running& run, const Object& object, const std::string& purpose);
// Takes a contact that goes off all that has it.
void forget_contact(Running& run, const Object& contact);

// TABLE(SNOWFLAKE.CORE.GET_CONTACTS('<object>', '<type>' [, '<contact>'])).
ResultSet get_contacts(Running& run, const FunctionArguments& arguments);

}  // namespace mesh::sandbox
