using MedR1.TestHost;

switch (args)
{
    case ["test", string trait, .. string[] assemblies] when trait.Split('=') is [string name, string value]:
        string[] files = assemblies.Length > 0
            ? assemblies : [.. Directory.GetFiles(AppContext.BaseDirectory, "*.Tests.dll").Order(StringComparer.Ordinal)];
        return new TestRun(name, value, Console.Out).Run(files);
    case ["run", string program, .. string[] arguments]:
        return AppDomain.CurrentDomain.ExecuteAssembly(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), arguments);
    default:
        Console.Error.WriteLine("""
            Runs xunit tests, or a program next to this one, without a .NET SDK.
            usage: MedR1.TestHost test TRAIT=VALUE [ASSEMBLY]...   the tests with that trait; without assemblies, of all beside it
                   MedR1.TestHost run PROGRAM [ARGUMENT]...        such as MedR1.Conformance or MedR1.Benchmarks
            """);
        return 2;
}
