// A plugin of QEMU that counts what the processor executes, by the function that runs and by the part of the network that it runs for: step_NN… or
// network_run, to which counts what they call (memcpy, shared kernels) too. Debian ships no header for plugins, so the few functions that are used are declared here.
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION 1
#endif
#define VISIBLE __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct block;
struct instruction;
extern size_t qemu_plugin_tb_n_insns(const struct block *);
extern struct instruction *qemu_plugin_tb_get_insn(const struct block *, size_t);
extern char *qemu_plugin_insn_disas(const struct instruction *);
extern const char *qemu_plugin_insn_symbol(const struct instruction *);
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct block *, void (*)(unsigned, void *), int, void *);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);

VISIBLE int qemu_plugin_version = PLUGIN_VERSION;

enum { INSTRUCTIONS, LOADS, STORES, PRODUCTS, BRANCHES, KINDS };

// A function of the program.
struct function {
  char name[128];
  // work: a step, or what calls them all; aside: runs in the midst of whatever was interrupted
  bool is_work, is_board, is_aside;
  struct function *next;
};

// What was counted for one function while one step ran.
struct counts {
  const struct function *step, *function;
  uint64_t of[KINDS];
  struct counts *next;
};

// Instructions that run one after the other, always together.
struct run {
  const struct function *function;
  uint32_t of[KINDS];
  // the counts of the step that ran last time here
  struct counts *last;
};

static struct function *functions;
static struct counts *all;
// the part of the network that runs; NULL outside of it
static const struct function *step;
static const char *path;

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static const struct function *function_of(const char *name) {
  if (!name || !*name) name = "?";
  for (struct function *f = functions; f; f = f->next)
    if (strncmp(f->name, name, sizeof f->name - 1) == 0) return f;
  struct function *made = calloc(1, sizeof *made);
  if (!made) abort();
  snprintf(made->name, sizeof made->name, "%s", name);
  made->is_work = begins(name, "step_") || strcmp(name, "network_run") == 0;
  made->is_board = strcmp(name, "main") == 0;
  made->is_aside = strcmp(name, "on_tick") == 0;
  made->next = functions;
  return functions = made;
}

static struct counts *counts_of(const struct function *of_step, const struct function *function) {
  for (struct counts *c = all; c; c = c->next)
    if (c->step == of_step && c->function == function) return c;
  struct counts *made = calloc(1, sizeof *made);
  if (!made) abort();
  made->step = of_step;
  made->function = function;
  made->next = all;
  return all = made;
}

static void executed(unsigned processor, void *data) {
  (void)processor;
  struct run *run = data;
  if (run->function->is_work) step = run->function;
  else if (run->function->is_board) step = NULL;
  const struct function *of_step = run->function->is_aside ? NULL : step;
  if (!run->last || run->last->step != of_step) run->last = counts_of(of_step, run->function);
  for (int kind = 0; kind < KINDS; kind++) run->last->of[kind] += run->of[kind];
}

// Products of 8, 16 or 32 bits that an instruction adds up: those of MVE depend on its lanes.
static uint32_t products(const char *name) {
  if (begins(name, "vmladav") || begins(name, "vmlsdav") || begins(name, "vmlaldav") || begins(name, "vrmlaldav"))
    return strstr(name, "8") ? 16 : strstr(name, "16") ? 8 : 4;
  if (begins(name, "vmla.") || begins(name, "vmul.i") || begins(name, "vmlas.") || begins(name, "vmullb") || begins(name, "vmullt"))
    return strstr(name, "8") ? 16 : strstr(name, "16") ? 8 : 4;
  if (begins(name, "smlad") || begins(name, "smlald") || begins(name, "smlsd") || begins(name, "smlsld") || begins(name, "smuad") ||
      begins(name, "smusd"))
    return 2;
  return begins(name, "mul") || begins(name, "mla") || begins(name, "mls") || begins(name, "smul") || begins(name, "smla") ||
         begins(name, "smmul") || begins(name, "smmla") || begins(name, "umul") || begins(name, "umla") || begins(name, "vmul.f") ||
         begins(name, "vfma");
}

static bool branches(const char *name) {
  if (begins(name, "cbz") || begins(name, "cbnz") || begins(name, "tb") || begins(name, "le") || begins(name, "wls") || begins(name, "dls"))
    return true;
  return name[0] == 'b' && !begins(name, "bic") && !begins(name, "bfi") && !begins(name, "bfc") && !begins(name, "bkpt");
}

static void classify(struct run *run, const char *text) {
  char name[24] = "";
  if (text) sscanf(text, "%23s", name);
  run->of[INSTRUCTIONS]++;
  run->of[LOADS] += begins(name, "ld") || begins(name, "pop") || begins(name, "vld") || begins(name, "vpop");
  run->of[STORES] += begins(name, "st") || begins(name, "push") || begins(name, "vst") || begins(name, "vpush");
  run->of[PRODUCTS] += products(name);
  run->of[BRANCHES] += branches(name);
}

static void translated(plugin_id id, struct block *block) {
  (void)id;
  const size_t length = qemu_plugin_tb_n_insns(block);
  if (length == 0) return;
  struct run *run = calloc(1, sizeof *run);
  if (!run) abort();
  run->function = function_of(qemu_plugin_insn_symbol(qemu_plugin_tb_get_insn(block, 0)));
  for (size_t i = 0; i < length; i++) {
    char *text = qemu_plugin_insn_disas(qemu_plugin_tb_get_insn(block, i));
    classify(run, text);
    free(text);
  }
  qemu_plugin_register_vcpu_tb_exec_cb(block, executed, 0, run);
}

// One line for each: step, function, then the counts.
static void written(plugin_id id, void *data) {
  (void)id;
  (void)data;
  FILE *file = fopen(path, "w");
  if (!file) abort();
  for (const struct counts *c = all; c; c = c->next) {
    fprintf(file, "%s %s", c->step ? c->step->name : "-", c->function->name);
    for (int kind = 0; kind < KINDS; kind++) fprintf(file, " %" PRIu64, c->of[kind]);
    fprintf(file, "\n");
  }
  if (fclose(file) != 0) abort();
}

VISIBLE int qemu_plugin_install(plugin_id id, const void *info, int count, char **arguments) {
  (void)info;
  if (count != 1 || !begins(arguments[0], "to=")) return 1;
  path = strdup(arguments[0] + strlen("to="));
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, written, NULL);
  return 0;
}
