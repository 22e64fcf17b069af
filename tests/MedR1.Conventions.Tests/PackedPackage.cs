using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace MedR1.Conventions.Tests;

/// <summary>Checks what a package shows in a feed and provides to debuggers and editors of its users.</summary>
internal static class PackedPackage
{
    public static void Check(string path)
    {
        using ZipArchive package = ZipFile.OpenRead(path);
        string[] files = [.. package.Entries.Select(entry => entry.FullName)];
        XElement metadata = Metadata(package);
        string id = Text(metadata, "id");
        Assert.All(["description", "tags", "license", "readme"], field => Assert.NotEmpty(Text(metadata, field)));
        Assert.Equal(References(id).Order(StringComparer.Ordinal), Dependencies(metadata).Order(StringComparer.Ordinal));
        Assert.Contains("README.md", files);
        Assert.Contains($"lib/net10.0/{id}.xml", files);

        string[] assemblies = [.. files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal))];
        Assert.Equal([$"lib/net10.0/{id}.dll"], assemblies);
        byte[] assembly = Bytes(package, assemblies[0]);
        using PEReader reader = new(new MemoryStream(assembly));

        // Stack traces have line numbers, but no folders of the build machine.
        DebugDirectoryEntry[] entries = [.. reader.ReadDebugDirectory()];
        DebugDirectoryEntry symbols = Assert.Single(entries, entry => entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using MetadataReaderProvider provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData(symbols);
        MetadataReader pdb = provider.GetMetadataReader();
        string[] sources = [.. pdb.Documents.Select(document => pdb.GetString(pdb.GetDocument(document).Name))];
        Assert.DoesNotContain(sources, source => source.Contains(Repository.Root, StringComparison.Ordinal));
        Assert.Contains(sources, source => source.StartsWith($"/_/src/{id}/", StringComparison.Ordinal));
        Assert.True(assembly.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)) < 0, $"{id} names {Repository.Root}.");
    }

    private static XElement Metadata(ZipArchive package)
    {
        ZipArchiveEntry entry = package.Entries.Single(file => file.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        using Stream stream = entry.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    // What the project itself names, and the versions that go with TorchSharp (src/Directory.Build.targets).
    private static string[] References(string id)
    {
        XElement project = XDocument.Load(Repository.Path("src", id, $"{id}.csproj")).Root!;
        string[] own =
        [
            .. project.Descendants("ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Attribute("Include")!.Value)),
            .. project.Descendants("PackageReference").Select(item => item.Attribute("Include")!.Value),
        ];
        return own.Contains("TorchSharp") ? [.. own.Union(["Google.Protobuf", "SharpZipLib", "SkiaSharp"])] : own;
    }

    private static IEnumerable<string> Dependencies(XElement metadata) => metadata.Descendants()
        .Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value);

    private static string Text(XElement metadata, string field) =>
        metadata.Elements().SingleOrDefault(element => element.Name.LocalName == field)?.Value ?? "";

    private static byte[] Bytes(ZipArchive package, string name)
    {
        using Stream stream = package.GetEntry(name)!.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
