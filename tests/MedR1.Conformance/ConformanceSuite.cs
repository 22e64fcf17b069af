namespace MedR1.Conformance;

/// <summary>Runs the cases of a folder in the layout <c>cases/&lt;kind&gt;/&lt;case&gt;/case.json</c>.</summary>
public sealed class ConformanceSuite
{
    private readonly string _root;
    private readonly string _deviceName;
    private readonly Dictionary<string, IConformanceKind> _kinds = typeof(ConformanceSuite).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IConformanceKind).IsAssignableFrom(type))
        .Select(type => (IConformanceKind)Activator.CreateInstance(type)!)
        .ToDictionary(kind => kind.Kind);

    /// <summary>Opens a folder.</summary>
    /// <param name="root">The folder that contains <c>cases/</c> and <c>models/</c>.</param>
    /// <param name="deviceName">The device for tensors, such as <c>cuda</c> or <c>cuda:1</c>.</param>
    /// <exception cref="DirectoryNotFoundException">The root has no folder <c>cases</c>.</exception>
    public ConformanceSuite(string root, string deviceName = "cpu")
    {
        _deviceName = deviceName;
        _root = Path.GetFullPath(root);
        if (!Directory.Exists(Path.Combine(_root, "cases")))
        {
            throw new DirectoryNotFoundException($"'{_root}' has no folder 'cases'. Give the folder that holds cases/ and models/.");
        }
    }

    /// <summary>The kinds of the cases in the folder, in order.</summary>
    public IReadOnlyList<string> Kinds => [.. Directory.GetDirectories(Path.Combine(_root, "cases"))
        .Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>The kinds that this runner knows.</summary>
    public IReadOnlyCollection<string> KnownKinds => _kinds.Keys;

    /// <summary>Runs the cases of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="nameContains">Selects cases whose name contains this.</param>
    public KindResult Run(string kind, string nameContains = "")
    {
        string[] folders = [.. Directory.GetDirectories(Path.Combine(_root, "cases", kind))
            .Where(folder => Path.GetFileName(folder).Contains(nameContains, StringComparison.Ordinal))
            .Where(folder => File.Exists(Path.Combine(folder, "case.json")))
            .Order(StringComparer.Ordinal)];
        if (!_kinds.TryGetValue(kind, out IConformanceKind? handler))
        {
            return new KindResult(kind, [], [.. folders.Select(folder => $"{Path.GetFileName(folder)}: unknown kind")]);
        }

        List<CaseResult> results = [];
        List<string> notRun = [];
        foreach (string folder in folders)
        {
            string name = Path.GetFileName(folder);
            try
            {
                ConformanceCase conformanceCase = new(_root, folder, _deviceName);
                if (handler.Obstacle(conformanceCase) is string obstacle)
                {
                    notRun.Add($"{name}: {obstacle}");
                }
                else
                {
                    results.Add(RunCase(handler, conformanceCase, name));
                }
            }
            catch (Exception exception)
            {
                // A case that can't even be read is a failed case too.
                results.Add(new CaseResult(name, false, double.PositiveInfinity, [$"cannot be read: {exception}"]));
            }
        }

        return new KindResult(kind, results, notRun);
    }

    private static CaseResult RunCase(IConformanceKind handler, ConformanceCase conformanceCase, string name)
    {
        Checker checker = new(conformanceCase);
        try
        {
            handler.Check(conformanceCase, checker);
            if (checker.Comparisons == 0)
            {
                checker.Fail("nothing was compared");
            }
        }
        catch (Exception exception)
        {
            // A case that throws is a failed case; the others still run.
            checker.Fail($"threw {exception}");
        }

        double share = checker.FailureCount > 0 && checker.LargestShare <= 1 ? double.PositiveInfinity : checker.LargestShare;
        string[] more = checker.FailureCount > checker.Failures.Count
            ? [$"and {checker.FailureCount - checker.Failures.Count} more"] : [];
        return new CaseResult(name, checker.FailureCount == 0, share, [.. checker.Failures, .. more]);
    }
}
