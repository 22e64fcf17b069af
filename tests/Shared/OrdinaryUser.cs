using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MedR1.TestSupport;

/// <summary>
/// Runs something with no more rights to files than an ordinary user has, so that a closed folder is closed also where the tests run as
/// root. On Linux the system asks for them thread by thread; elsewhere the tests' own user is taken as one. The group stays the tests' own:
/// what the user may is what it lets its group.
/// </summary>
internal static partial class OrdinaryUser
{
    // nobody
    private const uint UserId = 65534;

    /// <summary>Runs it on a thread of its own; what it needs must be loaded before.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                if (OperatingSystem.IsLinux())
                {
                    // Without effect, and without need, where it isn't root that asks.
                    _ = SetFileUser(UserId);
                }

                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(uint user);
}
