using TorchSharp;

namespace MedR1.Modeling.Tests.Runtime;

public class TorchRuntimeTests
{
    [Fact]
    public void Computes_after_start_and_reports_what_was_loaded()
    {
        TorchRuntimeReport report = TorchRuntime.Initialize();

        using torch.Tensor sum = torch.ones(2, 3).sum();
        Assert.Equal(6f, sum.item<float>());
        Assert.Equal("2.10", report.LibtorchVersion);
        Assert.Same(report, TorchRuntime.Report);
        Assert.True(File.Exists(Path.Combine(report.LibtorchFolder, "libtorch_cpu.so")));
    }

    [Fact]
    public void Starts_once_for_many_threads()
    {
        TorchRuntimeReport[] reports = new TorchRuntimeReport[8];
        Parallel.For(0, reports.Length, index => reports[index] = TorchRuntime.Initialize());

        Assert.All(reports, report => Assert.Same(reports[0], report));
    }

    [Fact]
    public void Refuses_another_folder_after_the_start()
    {
        TorchRuntimeOptions options = new() { LibtorchFolder = Path.GetTempPath() };

        TorchRuntimeException exception = Assert.Throws<TorchRuntimeException>(() => TorchRuntime.Initialize(options));
        Assert.Contains("is already loaded", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetTempPath().TrimEnd('/'), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_no_libtorch_to_the_output_folder()
    {
        Assert.Empty(Directory.GetFiles(AppContext.BaseDirectory, "libtorch*", SearchOption.AllDirectories));
    }
}
