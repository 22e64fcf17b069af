using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>
/// Collects what LibTiff.NET says about one file. Its handler is global: what is said about files that others opened goes to the
/// handler that there was before.
/// </summary>
internal sealed class TiffMessages
{
    static TiffMessages()
    {
        Router router = new();
        router.Before = BitMiracle.LibTiff.Classic.Tiff.SetErrorHandler(router);
    }

    /// <summary>The first error; empty if there is none.</summary>
    public string First { get; private set; } = "";

    private static string Text(string format, object[] values)
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, format, values ?? []).TrimEnd('.', ' ');
        }
        catch (FormatException)
        {
            return format;
        }
    }

    private sealed class Router : TiffErrorHandler
    {
        public TiffErrorHandler? Before { get; set; }

        public override void ErrorHandler(
            BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args) =>
            HandlerOf(tif?.Clientdata())?.ErrorHandler(tif, method, format, args);

        public override void ErrorHandlerExt(
            BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args)
        {
            HandlerOf(clientData)?.ErrorHandlerExt(tif, clientData, method, format, args);
            if (clientData is TiffFile { Messages: { First.Length: 0 } messages })
            {
                messages.First = Text(format, args);
            }
        }

        public override void WarningHandler(
            BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args) =>
            HandlerOf(tif?.Clientdata())?.WarningHandler(tif, method, format, args);

        public override void WarningHandlerExt(
            BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args) =>
            HandlerOf(clientData)?.WarningHandlerExt(tif, clientData, method, format, args);

        // Null for a file of this package.
        private TiffErrorHandler? HandlerOf(object? clientData) => clientData is TiffFile ? null : Before;
    }
}
