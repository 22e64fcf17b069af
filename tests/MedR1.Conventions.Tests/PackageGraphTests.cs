using System.Xml.Linq;

namespace MedR1.Conventions.Tests;

/// <summary>Enforces the package graph of docs/architecture.md: which package may depend on which.</summary>
public sealed class PackageGraphTests
{
    private static readonly Dictionary<string, string[]> Graph = new()
    {
        ["Abstractions"] = [],
        ["Rewards"] = ["Abstractions"],
        ["Rewards.Judge"] = ["Abstractions"],
        ["Datasets"] = ["Abstractions"],
        ["Datasets.Arrow"] = ["Datasets"],
        ["Datasets.Parquet"] = ["Datasets"],
        ["Evaluation"] = ["Abstractions"],
        ["Evaluation.ExtensionsAI"] = ["Evaluation"],
        ["Evaluation.Reports"] = ["Evaluation"],
        ["Imaging"] = ["Abstractions"],
        ["Imaging.Dicom"] = ["Imaging"],
        ["Imaging.Tiff"] = ["Imaging"],
        ["Losses"] = [],
        ["Modeling"] = ["Abstractions"],
        ["Models.Qwen2VL"] = ["Imaging", "Losses", "Modeling"],
        ["Sampling"] = ["Modeling"],
        ["Sampling.Remote"] = ["Abstractions"],
        ["Training"] = ["Losses", "Modeling", "Sampling"],
        ["Training.Plots"] = ["Training"],
        ["Training.Terminal"] = ["Training"],
        ["Testing"] = ["Modeling"],
        ["Core"] =
        [
            "Abstractions", "Datasets", "Evaluation", "Imaging", "Losses", "Modeling", "Models.Qwen2VL", "Rewards", "Sampling",
            "Training",
        ],
    };

    private static readonly string[] WithoutNativeTensors =
    [
        "Abstractions", "Rewards", "Rewards.Judge", "Datasets", "Datasets.Arrow", "Datasets.Parquet", "Evaluation",
        "Evaluation.ExtensionsAI", "Evaluation.Reports", "Imaging", "Imaging.Dicom", "Imaging.Tiff", "Sampling.Remote",
    ];

    [Fact]
    public void The_projects_match_the_architecture() =>
        Assert.Equal(
            Graph.Keys.Order(StringComparer.Ordinal),
            Repository.PackageFolders().Select(folder => Path.GetFileName(folder)["MedR1.".Length..])
                .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_depends_only_on_what_the_architecture_allows(string package) =>
        Assert.Equal(Graph[package], ProjectReferences(package));

    [Fact]
    public void Abstractions_has_no_third_party_package() => Assert.Empty(PackageReferences("Abstractions"));

    [Fact]
    public void Packages_without_tensors_depend_on_no_native_tensor_library()
    {
        foreach (string package in WithoutNativeTensors)
        {
            Assert.DoesNotContain("TorchSharp", Closure(package).SelectMany(PackageReferences));
        }
    }

    [Fact]
    public void Losses_depend_only_on_TorchSharp() => Assert.Equal(["TorchSharp"], PackageReferences("Losses"));

    [Fact]
    public void The_remote_sampler_needs_only_the_client_of_its_protocol() =>
        Assert.Equal(["OpenAI"], PackageReferences("Sampling.Remote"));

    [Fact]
    public void The_judge_needs_only_the_abstractions_of_chat_clients() =>
        Assert.Equal(["Microsoft.Extensions.AI.Abstractions"], PackageReferences("Rewards.Judge"));

    [Fact]
    public void Datasets_has_no_third_party_package() => Assert.Empty(PackageReferences("Datasets"));

    [Fact]
    public void The_adapters_of_table_files_need_only_their_reader()
    {
        Assert.Equal(["Parquet.Net"], PackageReferences("Datasets.Parquet"));
        Assert.Equal(["Apache.Arrow"], PackageReferences("Datasets.Arrow"));
        Assert.Empty(PackageReferences("Imaging.Dicom"));
        Assert.Equal(["BitMiracle.LibTiff.NET"], PackageReferences("Imaging.Tiff"));
    }

    [Fact]
    public void The_live_console_is_the_only_package_with_a_console_library() => Assert.Equal(
        ["Training.Terminal"], Graph.Keys.Where(package => PackageReferences(package).Contains("Spectre.Console")));

    [Fact]
    public void The_plots_are_the_only_package_with_a_plotting_library() => Assert.Equal(
        ["Training.Plots"], Graph.Keys.Where(package => PackageReferences(package).Contains("ScottPlot")));

    public static TheoryData<string> Packages() => [.. Graph.Keys];

    private static IEnumerable<string> Closure(string package) =>
        new[] { package }.Concat(Graph[package].SelectMany(Closure)).Distinct();

    private static IEnumerable<string> ProjectReferences(string package) =>
        Includes(package, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path)["MedR1.".Length..])
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> PackageReferences(string package) => Includes(package, "PackageReference");

    private static IEnumerable<string> Includes(string package, string item) =>
        XDocument.Load(Repository.Path("src", $"MedR1.{package}", $"MedR1.{package}.csproj"))
            .Descendants(item)
            .Select(element => (string)element.Attribute("Include")!);
}
