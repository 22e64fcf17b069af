using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MedR1.Conventions.Tests;

/// <summary>
/// Finds the places of a package's source that format or parse a number or a time by the current culture: holes of interpolated strings,
/// operands of a concatenation, joined values, calls of <c>ToString</c>, <c>Format</c> and <c>Parse</c>; and changes of case.
/// </summary>
internal sealed class CultureScan
{
    private readonly CSharpCompilation _compilation;

    private CultureScan(IEnumerable<string> files) => _compilation = CSharpCompilation.Create(
        "Package",
        files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file)),
        PackageReferences.All,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    /// <summary>The places in the sources of a package, each as file, line and code.</summary>
    public static IReadOnlyList<string> PlacesIn(string packageFolder)
    {
        // Written by the build; the file that was written last belongs to the configuration that was built last.
        IEnumerable<string> usings = Directory
            .EnumerateFiles(packageFolder, "*.GlobalUsings.g.cs", SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Take(1);
        string[] own = [.. Repository.SourceFiles(packageFolder)];
        CultureScan scan = new([.. own, .. Repository.SourceFiles("src/Shared"), .. usings]);
        return [.. scan._compilation.SyntaxTrees.Where(tree => own.Contains(tree.FilePath)).SelectMany(scan.PlacesIn)];
    }

    /// <summary>The places in a piece of code.</summary>
    public static IReadOnlyList<string> PlacesInCode(string code)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, code);
            CultureScan scan = new([file]);
            return [.. scan._compilation.SyntaxTrees.SelectMany(scan.PlacesIn)];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private IEnumerable<string> PlacesIn(SyntaxTree tree)
    {
        SemanticModel model = _compilation.GetSemanticModel(tree);
        return tree.GetRoot().DescendantNodes().Where(node => IsCultural(node, model)).Select(node =>
            $"{tree.FilePath}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {node}");
    }

    private static bool IsCultural(SyntaxNode node, SemanticModel model) => node switch
    {
        InterpolationSyntax hole => IsFormatted(hole, model) && IsInCurrentCulture(hole.Parent!, model),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum =>
            model.GetTypeInfo(sum).Type?.SpecialType == SpecialType.System_String
            && (IsCultural(model.GetTypeInfo(sum.Left).Type) || IsCultural(model.GetTypeInfo(sum.Right).Type)),
        InvocationExpressionSyntax call =>
            model.GetSymbolInfo(call).Symbol is IMethodSymbol method && IsCultural(method, call, model),
        _ => false,
    };

    // Integers are written with the separators of the culture only by a format, other than X and D.
    private static bool IsFormatted(InterpolationSyntax hole, SemanticModel model)
    {
        ITypeSymbol? type = model.GetTypeInfo(hole.Expression).Type;
        return IsCultural(type)
            || (IsInteger(type) && hole.FormatClause?.FormatStringToken.Text is [not ('X' or 'x' or 'D' or 'd'), ..]);
    }

    // FormattableString.Invariant takes another type than string, and a method with a provider a handler.
    private static bool IsInCurrentCulture(SyntaxNode text, SemanticModel model)
    {
        while (text.Parent is BinaryExpressionSyntax or ParenthesizedExpressionSyntax)
        {
            text = text.Parent;
        }

        return model.GetTypeInfo((ExpressionSyntax)text).ConvertedType?.Name is not (nameof(FormattableString) or nameof(IFormattable))
            && !(text.Parent?.Parent?.Parent is InvocationExpressionSyntax call
                && model.GetSymbolInfo(call).Symbol is IMethodSymbol method && TakesProvider(method));
    }

    private static bool IsCultural(IMethodSymbol method, InvocationExpressionSyntax call, SemanticModel model) => method switch
    {
        { Name: "Join" or "Concat", ContainingType.SpecialType: SpecialType.System_String } => method.TypeArguments.Any(IsCultural),
        _ when TakesProvider(method) => false,
        { Name: "ToString" } => call.Expression is MemberAccessExpressionSyntax access
            && IsCultural(model.GetTypeInfo(access.Expression).Type),
        { Name: "Parse" or "TryParse" } => IsInteger(method.ContainingType) || IsCultural(method.ContainingType),
        { Name: "Format", ContainingType.SpecialType: SpecialType.System_String } => true,
        { Name: "ToLower" or "ToUpper", ContainingType.SpecialType: SpecialType.System_String or SpecialType.System_Char } => true,
        _ => false,
    };

    private static bool TakesProvider(IMethodSymbol method) =>
        method.Parameters.Any(parameter => parameter.Type.Name is nameof(IFormatProvider) or "CultureInfo");

    private static bool IsInteger(ITypeSymbol? type) => Plain(type)?.SpecialType
        is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    private static bool IsCultural(ITypeSymbol? type) => Plain(type) is ITypeSymbol plain
        && (plain.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal
                or SpecialType.System_DateTime or SpecialType.System_Object
            || plain.ToDisplayString() is "System.Half" or "System.DateTimeOffset" or "System.DateOnly" or "System.TimeOnly");

    private static ITypeSymbol? Plain(ITypeSymbol? type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;
}
