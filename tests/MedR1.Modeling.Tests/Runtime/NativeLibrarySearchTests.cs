using MedR1.TestSupport;

namespace MedR1.Modeling.Tests.Runtime;

public sealed class NativeLibrarySearchTests : IDisposable
{
    private const UnixFileMode Pass = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode Open = Pass | UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _root = Directory.CreateTempSubdirectory("medr1-search-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // As in a container that restores packages as root and runs as another user.
    [Fact]
    public void A_folder_that_may_not_be_looked_into_is_not_called_empty()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string closed = Path.Combine(_root, "packages"), library = Path.Combine(closed, NativeLibraryNames.FileName("torch_cpu"));
        Directory.CreateDirectory(closed);
        Assert.Equal([$"LibtorchFolder: {library}: not found"], Search());
        File.SetUnixFileMode(_root, Open);
        File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            OrdinaryUser.Run(() => Assert.Equal([$"LibtorchFolder: {library}: access denied"], Search()));
        }
        finally
        {
            File.SetUnixFileMode(closed, Open);
        }

        string[] Search()
        {
            NativeLibrarySearch search = new();
            Assert.Throws<TorchRuntimeException>(() => search.FindLibtorch(new TorchRuntimeOptions { LibtorchFolder = closed }));
            return [.. search.Attempts.Take(1)];
        }
    }
}
