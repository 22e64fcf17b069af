namespace MedR1.Modeling;

/// <summary>Configures how libtorch's CPU threads wait for each other if GCC's OpenMP runtime manages them.</summary>
internal static class HostThreads
{
    /// <summary>The variable for the number of times a thread polls for work before it sleeps.</summary>
    public const string SpinVariable = "GOMP_SPINCOUNT";

    /// <summary>The runtime's own value when threads outnumber processors: roughly ten microseconds of polling.</summary>
    public const string FewSpins = "1000";

    // If either is set, the user's choice takes precedence.
    private static readonly string[] Variables = [SpinVariable, "OMP_WAIT_POLICY"];

    /// <summary>
    /// Makes threads poll for work for microseconds instead of milliseconds before they sleep, which suffices between
    /// two operators. If other processes compete for the processors, or a container's CPU quota is smaller than their
    /// number, a thread that polls longer keeps the thread it waits for from running. The runtime reads the variable
    /// when it is loaded.
    /// </summary>
    public static void WaitBriefly()
    {
        string[] given = [.. Variables.Where(name => Environment.GetEnvironmentVariable(name) is not null)];
        if (given.Length == 0)
        {
            CLibrary.SetVariable(SpinVariable, FewSpins);
        }

        // Variables that the program set through .NET are otherwise invisible to native libraries.
        foreach (string name in given)
        {
            CLibrary.SetVariable(name, Environment.GetEnvironmentVariable(name)!);
        }
    }
}
