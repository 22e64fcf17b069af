using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MedR1.Conventions.Tests;

/// <summary>Compiles blocks of the documentation as programs of a project that references every package.</summary>
internal static class SnippetCompiler
{
    // The ImplicitUsings of the SDK.
    private static readonly string[] s_ofTheSdk =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
        "System.Threading.Tasks",
    ];

    private static readonly string[] s_ofThePackages =
    [
        "MedR1", "MedR1.Datasets", "MedR1.Datasets.Arrow", "MedR1.Datasets.Parquet", "MedR1.Evaluation",
        "MedR1.Evaluation.ExtensionsAI", "MedR1.Evaluation.Reports", "MedR1.Imaging", "MedR1.Imaging.Dicom", "MedR1.Imaging.Tiff",
        "MedR1.Losses", "MedR1.Modeling", "MedR1.Models.Qwen2VL", "MedR1.Rewards", "MedR1.Rewards.Judge", "MedR1.Sampling",
        "MedR1.Sampling.Remote", "MedR1.Testing", "MedR1.Training", "MedR1.Training.Plots", "MedR1.Training.Terminal",
        "TorchSharp",
    ];

    /// <summary>Returns the errors; none if it compiles.</summary>
    public static IReadOnlyList<string> ErrorsOf(Snippet snippet)
    {
        CSharpParseOptions options = new(LanguageVersion.Latest);
        SyntaxTree code = CSharpSyntaxTree.ParseText(snippet.Statements, options);
        SyntaxTree usings = CSharpSyntaxTree.ParseText(Usings(snippet), options);
        bool isProgram = code.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any();
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Snippet",
            [code, usings],
            PackageReferences.All,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error || diagnostic.Id.StartsWith("CS86", StringComparison.Ordinal))
            .Select(diagnostic => diagnostic.ToString())];
    }

    private static string Usings(Snippet snippet)
    {
        IEnumerable<string> namespaces = snippet.HasUsings ? s_ofTheSdk : [.. s_ofTheSdk, .. s_ofThePackages];
        string tensor = snippet.HasUsings ? "" : $"global using Tensor = {typeof(TorchSharp.torch.Tensor).FullName!.Replace('+', '.')};\n";
        return tensor + $"global using static {typeof(Given).FullName};\n"
            + string.Concat(namespaces.Select(name => $"global using {name};\n"));
    }
}
