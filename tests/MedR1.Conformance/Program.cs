using MedR1.Conformance;

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.WriteLine("usage: MedR1.Conformance FOLDER [--kind KIND]... [--case PART-OF-A-NAME]");
    return args.Length == 0 ? 2 : 0;
}

List<string> kinds = [];
string nameContains = "";
for (int i = 1; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--kind":
            kinds.Add(args[i + 1]);
            break;
        case "--case":
            nameContains = args[i + 1];
            break;
        default:
            Console.Error.WriteLine($"Unknown option '{args[i]}'. Known: --kind, --case.");
            return 2;
    }
}

ConformanceSuite suite;
try
{
    suite = new ConformanceSuite(args[0]);
}
catch (DirectoryNotFoundException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

bool failed = false;
foreach (string kind in kinds.Count > 0 ? kinds : suite.Kinds)
{
    KindResult result = suite.Run(kind, nameContains);
    Console.WriteLine(result.Summary);
    foreach (CaseResult bad in result.Results.Where(caseResult => !caseResult.Passed))
    {
        failed = true;
        Console.WriteLine($"  FAILED {bad.Case}");
        foreach (string failure in bad.Failures)
        {
            Console.WriteLine($"    {failure}");
        }
    }
}

return failed ? 1 : 0;
