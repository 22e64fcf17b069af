using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MedR1.TestSupport;

/// <summary>
/// Runs something with the file permissions of an ordinary user, so that a closed folder is closed even if the tests run as root.
/// On Linux permissions are per thread; elsewhere the user of the tests is assumed to be ordinary. The group remains that of the tests:
/// the permissions are those of the group.
/// </summary>
internal static partial class OrdinaryUser
{
    // nobody
    private const uint UserId = 65534;

    /// <summary>Runs an action on a separate thread; assemblies that it needs must be loaded before.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                if (OperatingSystem.IsLinux())
                {
                    // Neither effective nor necessary unless called by root.
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
