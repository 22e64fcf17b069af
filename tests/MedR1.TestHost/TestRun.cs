using System.Reflection;

using Xunit.Abstractions;
using Xunit.Sdk;

namespace MedR1.TestHost;

/// <summary>Runs the tests of assemblies that have a trait, one after the other, in this process.</summary>
/// <param name="traitName">The name of the trait, such as <c>Device</c>.</param>
/// <param name="traitValue">The value of the trait, such as <c>Gpu</c>.</param>
/// <param name="output">Gets a line for each test, and the counts as the last line.</param>
internal sealed class TestRun(string traitName, string traitValue, TextWriter output)
{
    /// <summary>Runs the tests.</summary>
    /// <param name="files">The files of the assemblies; a file name alone is resolved next to this program.</param>
    /// <returns>0 if all tests passed and there was at least one, otherwise 1.</returns>
    public int Run(IEnumerable<string> files)
    {
        int passed = 0;
        int failed = 0;
        foreach (string file in files)
        {
            TestReport report = new(output);
            try
            {
                RunAssembly(Path.Combine(AppContext.BaseDirectory, file), report);
            }
            catch (Exception exception)
            {
                // An assembly that can't be loaded must not keep the others from running.
                report.Fail(Path.GetFileName(file), exception.ToString());
            }

            passed += report.Passed;
            failed += report.Failed;
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private void RunAssembly(string path, TestReport report)
    {
        Assembly assembly = Assembly.LoadFrom(path);
        using XunitTestFramework framework = new(new NullMessageSink());
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        using TestDiscovery discovery = new();
        discoverer.Find(includeSourceInformation: false, discovery, new FrameworkOptions());
        ITestCase[] cases = [.. discovery.Wait().Where(HasTrait)];
        output.WriteLine($"{Path.GetFileName(path)}: {cases.Length} tests with {traitName}={traitValue}");
        if (cases.Length > 0)
        {
            using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
            executor.RunTests(cases, report, new FrameworkOptions());
            report.Wait();
        }
    }

    private bool HasTrait(ITestCase testCase) =>
        testCase.Traits.TryGetValue(traitName, out List<string>? values) && values.Contains(traitValue);
}
