// protectedPage(bytes, after) → an ArrayBuffer that begins behind a page nobody may touch, or ends before one. It is unmapped when nobody holds it.
#define NAPI_VERSION 8
#include <node_api.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {
struct Mapping {
  char *start;
  size_t bytes;
};
// A process may have 65,530 mappings, and each of these takes three: told so much memory, the collector comes before they are used up.
constexpr int64_t felt = 1 << 20;

void unmap(napi_env env, void *, void *hint) {
  Mapping *mapping = static_cast<Mapping *>(hint);
  munmap(mapping->start, mapping->bytes);
  delete mapping;
  int64_t now;
  napi_adjust_external_memory(env, -felt, &now);
}
}  // namespace

static napi_value protected_page(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2], result;
  int64_t bytes;
  bool after;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_int64(env, arguments[0], &bytes);
  napi_get_value_bool(env, arguments[1], &after);
  const size_t page = sysconf(_SC_PAGESIZE), inner = (bytes + page - 1) / page * page;
  char *outer = static_cast<char *>(mmap(nullptr, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (outer == MAP_FAILED || mprotect(outer + page, inner, PROT_READ | PROT_WRITE) != 0) {
    napi_throw_error(env, "protected-page", "mmap failed");
    return nullptr;
  }
  Mapping *mapping = new Mapping{outer, inner + 2 * page};
  napi_create_external_arraybuffer(env, outer + page + (after ? inner - bytes : 0), bytes, unmap, mapping, &result);
  int64_t now;
  napi_adjust_external_memory(env, felt, &now);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "protectedPage", NAPI_AUTO_LENGTH, protected_page, nullptr, &function);
  return function;
}
