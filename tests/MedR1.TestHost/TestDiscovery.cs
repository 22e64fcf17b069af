using Xunit;
using Xunit.Abstractions;

namespace MedR1.TestHost;

/// <summary>Collects the tests that xunit finds in an assembly.</summary>
internal sealed class TestDiscovery : LongLivedMarshalByRefObject, IMessageSink, IDisposable
{
    private readonly List<ITestCase> _cases = [];
    private readonly ManualResetEventSlim _done = new();

    /// <summary>Waits until all tests are found.</summary>
    public IReadOnlyList<ITestCase> Wait()
    {
        _done.Wait();
        return _cases;
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestCaseDiscoveryMessage found:
                _cases.Add(found.TestCase);
                break;
            case IDiscoveryCompleteMessage:
                _done.Set();
                break;
        }

        return true;
    }

    public void Dispose() => _done.Dispose();
}
