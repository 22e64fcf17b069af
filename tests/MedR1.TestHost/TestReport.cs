using Xunit;
using Xunit.Abstractions;

namespace MedR1.TestHost;

/// <summary>Counts the results of tests and writes a line for each, with message and stack if it fails.</summary>
internal sealed class TestReport(TextWriter output) : LongLivedMarshalByRefObject, IMessageSink
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Waits until the last test has ended.</summary>
    public void Wait() => _done.Task.Wait();

    /// <summary>Records a failure that no test reports.</summary>
    public void Fail(string name, string reason)
    {
        Failed++;
        output.WriteLine($"FAILED {name}\n  {reason.ReplaceLineEndings("\n  ")}");
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestPassed test:
                Passed++;
                output.WriteLine($"passed {test.Test.DisplayName} ({test.ExecutionTime:F1} s)");
                break;
            case ITestFailed test:
                Fail($"{test.Test.DisplayName} ({test.ExecutionTime:F1} s)", Describe(test));
                break;
            case ITestSkipped test:
                // Skipped tests count as failures by design: a test that doesn't run has shown nothing.
                Fail(test.Test.DisplayName, $"skipped: {test.Reason}");
                break;
            case IFailureInformation failure:
                Fail(message.GetType().Name, Describe(failure));
                break;
            case ITestAssemblyFinished:
                _done.TrySetResult();
                break;
        }

        output.Flush();
        return true;
    }

    // An exception with its inner exceptions: the three lists correspond.
    private static string Describe(IFailureInformation failure) => string.Join('\n', failure.Messages.Select((text, index) =>
        $"{failure.ExceptionTypes[index]}: {text}\n{failure.StackTraces[index]}"));
}
