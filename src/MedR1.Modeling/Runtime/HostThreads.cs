namespace MedR1.Modeling;

/// <summary>How libtorch's threads on the host wait for each other, where GCC's OpenMP runs them.</summary>
internal static class HostThreads
{
    /// <summary>How often a thread looks for work before it goes to sleep.</summary>
    public const string SpinVariable = "GOMP_SPINCOUNT";

    /// <summary>What the runtime itself takes where more threads than processors wait: some ten microseconds.</summary>
    public const string FewSpins = "1000";

    // An outside setting of how threads wait takes precedence.
    private static readonly string[] Variables = [SpinVariable, "OMP_WAIT_POLICY"];

    /// <summary>
    /// Has a thread look for work for some microseconds instead of milliseconds before it sleeps. Between two operators
    /// that is enough; where other processes want the processors, or a container's quota is smaller than their number,
    /// a thread that looks on keeps the one that it waits for from running. The runtime reads the variable when it is
    /// loaded.
    /// </summary>
    public static void WaitBriefly()
    {
        string[] given = [.. Variables.Where(name => Environment.GetEnvironmentVariable(name) is not null)];
        if (given.Length == 0)
        {
            CLibrary.SetVariable(SpinVariable, FewSpins);
        }

        // Variables that a program sets itself reach native libraries only in this way.
        foreach (string name in given)
        {
            CLibrary.SetVariable(name, Environment.GetEnvironmentVariable(name)!);
        }
    }
}
