using System.Diagnostics;

namespace MedR1.Conventions.Tests;

/// <summary>Packs every package and uses the packages as another project would.</summary>
public sealed class PackTests
{
    private const string Program = """
        using MedR1;
        using MedR1.Imaging;
        using MedR1.Modeling;
        using static TorchSharp.torch;

        TorchRuntime.Initialize();
        RgbImage picture = new(2, 2, new byte[12]);
        RgbImage larger = PillowResampler.Resize(picture, 28, 28);
        using Tensor ones_BT = ones(2, 3);
        VqaPrompt prompt = PromptTemplates.AnswerOnly.Format(new VqaExample { Id = "1", Question = "Which plane?", Answer = "Axial" });
        Console.WriteLine($"{larger.Width} {ones_BT.sum().item<float>()} {prompt.Messages.Count}");
        """;

    [Fact]
    public void Packages_install_from_a_local_folder_into_a_new_project_and_run()
    {
        string work = Directory.CreateTempSubdirectory("medr1-pack-").FullName;
        try
        {
            string feed = Path.Combine(work, "packages");
            foreach (string folder in Repository.PackageFolders())
            {
                // Packs the existing build: the tests run after a Release build.
                Run(Repository.Root, "pack", folder, "--configuration", Configuration, "--no-build", "--output", feed, "--nologo");
            }

            string[] packed = [.. Directory.GetFiles(feed, "*.nupkg").Select(file => Path.GetFileName(file)!)];
            Assert.Equal(Repository.PackageFolders().Length, packed.Length);
            Assert.All(Directory.GetFiles(feed, "*.nupkg"), PackedPackage.Check);
            string core = packed.Single(file => file.StartsWith("MedR1.Core.", StringComparison.Ordinal));
            string version = core["MedR1.Core.".Length..^".nupkg".Length];

            string project = Path.Combine(work, "fresh");
            Directory.CreateDirectory(project);
            File.WriteAllText(Path.Combine(project, "Program.cs"), Program);
            File.WriteAllText(Path.Combine(project, "fresh.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
                    <!-- Its own folder: a package of the same version from an earlier run must not be taken instead. -->
                    <RestoreFallbackFolders>{GlobalPackages}</RestoreFallbackFolders>
                    <RestorePackagesPath>{Path.Combine(work, "cache")}</RestorePackagesPath>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="MedR1.Core" Version="{version}" />
                  </ItemGroup>
                </Project>
                """);
            string output = Run(project, "run", "--configuration", "Release");
            Assert.EndsWith("28 6 1", output.TrimEnd());
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string GlobalPackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Run(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} gave {process.ExitCode}:\n{output}\n{errors.Result}");
        return output;
    }
}
