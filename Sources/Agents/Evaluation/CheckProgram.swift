/// The Python program that runs a solution and its tests inside the sandbox.
///
/// Solution and tests share a process, for tests hand over functions and objects. What keeps a solution from passing without solving:
/// - Two words that nobody can guess come with the input, and only the program's own frame holds them: one is said when the tests are
///   through, the other with any other end. Whoever leaves early (`sys.exit`, `os._exit`) says neither.
/// - Tests run with built-in functions and modules as they were before the solution ran, put back after each call of it.
/// - HumanEval's tests see the helpers of the task's own text, and of the solution nothing but the function that is asked for; MBPP's
///   see the solution's names, but none that hide a built-in function.
/// - What the function returns must be plain data or of the standard library: an object can claim to equal anything.
/// - An audit hook refuses ways to the frames and objects of others, other processes, tracing and `/proc`.
enum CheckProgram {
    static let source = #"""
        def main():
            import sys, posix, builtins, types, ast, _signal, signal
            data = b""
            while piece := posix.read(0, 1 << 20):
                data += piece
            word, other, names, entry, helpers, setup, tests, solution = (part.decode() for part in data.split(b"\0", 7))
            del data, piece
            mark = posix.dup(1)
            nothing = posix.open("/dev/null", posix.O_RDWR)
            for number in (0, 1, 2):
                posix.dup2(nothing, number)
            write, leave, text, bind = posix.write, posix._exit, str, isinstance
            kind, error, broken, lack = type, BaseException, SyntaxError, MemoryError

            def end(said, what, name="", message=""):
                try:
                    write(mark, ("%s %s %s %s\n" % (said, what, name, message[:400].replace("\n", " "))).encode("utf-8", "replace"))
                finally:
                    leave(0)

            def end_with(problem):
                name = kind(problem).__name__
                try:
                    message = text(problem)
                except error:
                    message = ""
                if bind(problem, AssertionError_):
                    end(other, "failed", name, message)
                elif bind(problem, lack):
                    end(other, "memory", name, message)
                else:
                    end(other, "error", name, message)

            AssertionError_, NameError_ = AssertionError, NameError
            try:
                solution_code = compile(solution, "<solution>", "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as problem:
                end(other, "syntax_error", kind(problem).__name__, text(problem))
            tree = ast.parse(tests)
            parts = [compile(part, "<tests>", "exec", dont_inherit=True) for part in (helpers, setup, tests)]

            wanted = []
            for node in [node for part in (tree, ast.parse(helpers), ast.parse(setup)) for node in ast.walk(part)]:
                if isinstance(node, ast.Import):
                    wanted += [name.name for name in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    wanted.append(node.module)
            guarded = []
            for name in wanted:
                try:
                    __import__(name)
                    guarded.append((name, sys.modules[name], vars(sys.modules[name]), dict(vars(sys.modules[name]))))
                except ImportError:
                    pass
            guarded.append(("builtins", builtins, vars(builtins), dict(vars(builtins))))
            modules, standard = sys.modules, sys.stdlib_module_names
            pristine = dict(vars(builtins))
            flags = type.__dict__["__flags__"].__get__
            place = type.__dict__["__dict__"].__get__
            title = type.__dict__["__qualname__"].__get__
            simple = frozenset((int, float, bool, str, bytes, complex, kind(None)))
            rows, tables = (list, tuple, set, frozenset), dict
            size, Text, fetch, things = len, str, getattr, vars

            def restore():
                for name, module, names_of, values in guarded:
                    modules[name] = module
                    names_of.clear()
                    names_of.update(values)

            def is_plain(value, depth):
                form = kind(value)
                if form in simple:
                    return True
                if flags(form) & 512:
                    home = place(form).get("__module__")
                    if kind(home) is not Text or home.partition(".")[0] not in standard or home.startswith("unittest"):
                        return False
                    module = modules.get(home)
                    if kind(module) is not types.ModuleType or things(module).get(title(form)) is not form:
                        return False
                if depth == 0:
                    return True
                if form in rows:
                    for index, item in enumerate(value):
                        if index == 10000:
                            break
                        if not is_plain(item, depth - 1):
                            return False
                elif bind(value, tables):
                    for key in tables.keys(value):
                        if not is_plain(key, depth - 1):
                            return False
                    for item in tables.values(value):
                        if not is_plain(item, depth - 1):
                            return False
                return True

            def careful(function):
                def candidate(*positional, **named):
                    value = function(*positional, **named)
                    restore()
                    if not is_plain(value, 6):
                        raise AssertionError_("the result is no plain data")
                    return value
                return candidate

            refused = frozenset((
                "gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.settrace", "sys.setprofile", "sys.addaudithook",
                "sys._current_frames", "sys._current_exceptions", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "os.kill",
                "subprocess.Popen", "pty.spawn", "code.__new__", "signal.pthread_kill", "sys.unraisablehook", "sys.excepthook"))
            frames = frozenset(("tb_frame", "gi_frame", "cr_frame", "ag_frame"))
            native = frozenset(("_ctypes", "signal", "_signal", "_testcapi", "_xxsubinterpreters", "_posixsubprocess", "faulthandler", "_lsprof"))
            denied, absent, unfit = PermissionError, ImportError, ValueError

            def watch(event, details):
                if event == "sys._getframe" or event == "object.__getattr__" and details[1] in frames:
                    raise unfit("frames can't be had here")
                if event in refused or event[:7] == "ctypes.":
                    raise denied("not allowed here")
                if event == "import" and details[0] in native:
                    raise absent("not available here")
                if event == "open" and "proc" in "%s" % (details[0],):
                    raise denied("not allowed here")

            def no_signals(*_):
                raise denied("signals can't be handled here")

            for module in (signal, _signal):
                for name in ("signal", "setitimer", "alarm", "sigwait", "set_wakeup_fd"):
                    setattr(module, name, no_signals)
            for name in ("_ctypes", "ctypes", "faulthandler", "_testcapi", "_posixsubprocess"):
                modules.pop(name, None)
            allowed = frozenset(names.split(",")) | {entry}
            made = types.ModuleType("solution")
            modules["solution"] = made
            space = vars(made)
            view = {"__name__": "tests", "__builtins__": pristine}
            function_type, is_callable = types.FunctionType, callable
            run = exec
            sys.addaudithook(watch)

            try:
                run(solution_code, space)
                restore()
                if helpers:
                    run(parts[0], view)
                    found = space.get(entry)
                    if not is_callable(found):
                        raise NameError_("name '%s' is not defined" % entry)
                    view[entry] = careful(found)
                else:
                    for name, value in tuple(tables.items(space)):
                        if name[:2] == "__" or (name in pristine and name not in allowed):
                            continue
                        view[name] = careful(value) if kind(value) is function_type else value
                run(parts[1], view)
                run(parts[2], view)
                if helpers:
                    view["check"](view[entry])
            except error as problem:
                end_with(problem)
            end(word, "passed")

        main()
        """#
}
