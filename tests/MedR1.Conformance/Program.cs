using System.Diagnostics;

using MedR1.Conformance;

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.WriteLine("usage: MedR1.Conformance FOLDER [--kind KIND]... [--case PART-OF-A-NAME] [--device cpu|cuda|cuda:N]");
    return args.Length == 0 ? 2 : 0;
}

List<string> kinds = [];
string nameContains = "";
string deviceName = "cpu";
for (int i = 1; i < args.Length; i += 2)
{
    if (i + 1 == args.Length)
    {
        Console.Error.WriteLine($"The option '{args[i]}' has no value.");
        return 2;
    }

    switch (args[i])
    {
        case "--kind":
            kinds.Add(args[i + 1]);
            break;
        case "--case":
            nameContains = args[i + 1];
            break;
        case "--device":
            deviceName = args[i + 1];
            break;
        default:
            Console.Error.WriteLine($"Unknown option '{args[i]}'. Known: --kind, --case, --device.");
            return 2;
    }
}

ConformanceSuite suite;
try
{
    suite = new ConformanceSuite(args[0], deviceName);
}
catch (DirectoryNotFoundException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

int passed = 0;
int failed = 0;
foreach (string kind in kinds.Count > 0 ? kinds : suite.Kinds)
{
    if (!suite.Kinds.Contains(kind))
    {
        Console.Error.WriteLine($"'{args[0]}' has no cases of the kind '{kind}'. It has {string.Join(", ", suite.Kinds)}.");
        return 2;
    }

    Stopwatch clock = Stopwatch.StartNew();
    KindResult result = suite.Run(kind, nameContains);
    Console.WriteLine($"{result.Summary}, {clock.Elapsed.TotalSeconds:F1} s");
    passed += result.PassedCount;
    foreach (string notRun in result.NotRun)
    {
        Console.WriteLine($"  not run {notRun}");
    }

    foreach (CaseResult bad in result.Results.Where(caseResult => !caseResult.Passed))
    {
        failed++;
        Console.WriteLine($"  FAILED {bad.Case}");
        foreach (string failure in bad.Failures)
        {
            Console.WriteLine($"    {failure}");
        }
    }
}

// A run that compares nothing, such as for a part of a name that no case has, has shown nothing.
Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 && passed > 0 ? 0 : 1;
