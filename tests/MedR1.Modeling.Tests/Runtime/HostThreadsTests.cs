namespace MedR1.Modeling.Tests.Runtime;

/// <summary>GCC's OpenMP prints its settings if <c>OMP_DISPLAY_ENV</c> is set.</summary>
public sealed class HostThreadsTests : IDisposable
{
    private readonly Probe _probe = new();

    public void Dispose() => _probe.Dispose();

    [Theory]
    [InlineData("OMP_DISPLAY_ENV", "VERBOSE", "1000")]
    [InlineData("GOMP_SPINCOUNT", "77", "77")]
    [InlineData("OMP_WAIT_POLICY", "PASSIVE", "0")]
    public void Threads_of_libtorch_spin_briefly_unless_the_environment_says_otherwise(string name, string value, string spins)
    {
        (int code, string output) = _probe.Run(
            ["explicit"], Probe.Packages, more: [("OMP_DISPLAY_ENV", "VERBOSE"), (name, value)]);

        Assert.Equal(0, code);
        Assert.Contains($"GOMP_SPINCOUNT = '{spins}'", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_made_by_the_program_reaches_them_too()
    {
        (int code, string output) = _probe.Run(["passive"], Probe.Packages, more: [("OMP_DISPLAY_ENV", "VERBOSE")]);

        Assert.Equal(0, code);
        Assert.Contains("OMP_WAIT_POLICY = 'PASSIVE'", output, StringComparison.Ordinal);
        Assert.Contains("GOMP_SPINCOUNT = '0'", output, StringComparison.Ordinal);
    }
}
